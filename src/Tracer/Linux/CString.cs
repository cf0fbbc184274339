using System.Runtime.InteropServices.Marshalling;

namespace Damon.Trace.Tracer.Linux;

/// <summary>A text as the C library takes it, UTF-8 ended by a NUL, for as long as a call takes. Short ones are no garbage.</summary>
internal unsafe ref struct CString : IDisposable
{
    /// <summary>Bytes of the caller's stack that hold what need not be allocated.</summary>
    internal static int BufferSize => Utf8StringMarshaller.ManagedToUnmanagedIn.BufferSize;

    private Utf8StringMarshaller.ManagedToUnmanagedIn _text;

    internal CString(string text, Span<byte> stack)
    {
        _text.FromManaged(text, stack);
    }

    public static implicit operator byte*(CString text) => text._text.ToUnmanaged();

    public void Dispose() => _text.Free();
}
