using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>Reads instructions of a target from its memory, which also holds those compiled at run time.</summary>
internal sealed class TargetCode : IDisposable
{
    private readonly SafeFileHandle _memory;

    internal TargetCode(TargetProcess target)
    {
        _memory = target.Proc.OpenFile("mem", O_RDONLY, out _);
    }

    /// <summary>Bytes read, which may be fewer than asked for at the end of a mapping; 0 where nothing can be read.</summary>
    internal int Read(ulong address, Span<byte> buffer)
    {
        if (_memory.IsInvalid || address > long.MaxValue)
        {
            return 0;
        }

        long read = Unistd.PRead(_memory, buffer, (long)address);
        return (int)Math.Max(0, read);
    }

    public void Dispose() => _memory.Dispose();
}
