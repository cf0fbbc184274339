using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>
/// The number of an open file for as long as a call takes: meanwhile nobody can close it, so that no other file gets the number. Throws
/// <see cref="ObjectDisposedException"/> where it is closed already.
/// </summary>
internal readonly ref struct Descriptor : IDisposable
{
    private readonly SafeHandle _file;

    internal Descriptor(SafeHandle file)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        _file = file;
    }

    public static implicit operator int(Descriptor descriptor) => (int)descriptor._file.DangerousGetHandle();

    public void Dispose() => _file.DangerousRelease();
}
