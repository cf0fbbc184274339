namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Names memory that holds code compiled at run time. The kernel has no name for it: executable memory without a file behind it, or with the
/// memory file through which .NET maps its code twice (W^X).
/// </summary>
internal static class GeneratedCode
{
    internal const string Name = "[jit]";

    /// <summary>What that of .NET is called.</summary>
    internal const string DotNetName = "[dotnet jit]";

    private const string DotNetCode = "/memfd:doublemapper";

    private static readonly (string Library, string Name)[] s_runtimes =
    [
        ("libcoreclr.so", DotNetName), ("libjvm.so", "[java jit]"), ("libmonosgen-2.0.so", "[mono jit]"), ("libnode.so", "[node jit]"),
        ("node", "[node jit]"), ("nodejs", "[node jit]"), ("libv8.so", "[v8 jit]"), ("libluajit-5.1.so", "[lua jit]"),
    ];

    /// <summary>What generated code of a process is called: by the runtime whose library it maps, else <see cref="Name"/>.</summary>
    internal static string NameIn(IReadOnlyList<Mapping> mappings)
    {
        foreach (Mapping mapping in mappings)
        {
            ReadOnlySpan<char> file = mapping.Name.AsSpan(mapping.Name.LastIndexOf('/') + 1);
            foreach ((string library, string name) in s_runtimes)
            {
                // A version may follow the name of a library: libnode.so.108.
                bool same = file.StartsWith(library, StringComparison.Ordinal)
                    && (file.Length == library.Length || (library.EndsWith(".so", StringComparison.Ordinal) && file[library.Length] == '.'));
                if (same && mapping.Inode != 0)
                {
                    return name;
                }
            }
        }

        return Name;
    }

    /// <summary>True for executable memory that no file on disk explains.</summary>
    internal static bool Is(in Mapping mapping) =>
        mapping.Permissions.Length > 2 && mapping.Permissions[2] == 'x'
        && (mapping.Name.Length == 0 || mapping.Name.StartsWith("[anon", StringComparison.Ordinal)
            || mapping.Name.StartsWith(DotNetCode, StringComparison.Ordinal));
}
