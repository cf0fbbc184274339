using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// C++ names as they are written in source, by the C++ library where it is installed (<c>__cxa_demangle</c> of libstdc++.so.6). Without it names
/// stay as they are in the symbol table.
/// </summary>
internal static unsafe class Demangler
{
    // What a traced program calls its functions is its own business; the library recurses over it.
    private const int LongestName = 1024;

    private static readonly delegate* unmanaged<byte*, byte*, nuint*, int*, byte*> s_demangle = Find();

    /// <summary>Whether there is a library that can.</summary>
    internal static bool IsAvailable => s_demangle is not null;

    internal static string Demangle(string name)
    {
        if (s_demangle is null || name.Length > LongestName || !name.StartsWith("_Z", StringComparison.Ordinal))
        {
            return name;
        }

        nint mangled = Marshal.StringToCoTaskMemUTF8(name);
        int status = -1;
        byte* result = s_demangle((byte*)mangled, null, null, &status);
        string? text = status == 0 ? Marshal.PtrToStringUTF8((nint)result) : null;
        NativeMemory.Free(result);
        Marshal.FreeCoTaskMem(mangled);
        return text ?? name;
    }

    private static delegate* unmanaged<byte*, byte*, nuint*, int*, byte*> Find() =>
        NativeLibrary.TryLoad("libstdc++.so.6", out nint library) && NativeLibrary.TryGetExport(library, "__cxa_demangle", out nint function)
            ? (delegate* unmanaged<byte*, byte*, nuint*, int*, byte*>)function
            : null;
}
