using System.Text;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// A loaded program together with the map it shares with us. Not thread safe: the caller holds a lock from filling to reading.
/// </summary>
internal sealed unsafe class BpfProgram : IDisposable
{
    private const int LargestBound = 256;
    private const int SmallestBound = 16;
    private const int LogSize = 1 << 16;

    private readonly SafeFileHandle _map;
    private readonly SafeFileHandle _program;
    private readonly nuint _length;
    private byte* _value;

    private BpfProgram(SafeFileHandle map, SafeFileHandle program, byte* value, nuint length, int maxEntries, int instructionCount)
    {
        _map = map;
        _program = program;
        _value = value;
        _length = length;
        MaxEntries = maxEntries;
        InstructionCount = instructionCount;
    }

    /// <summary>Writes a program for a map and a loop bound.</summary>
    internal delegate ulong[] Emitter(int mapFd, int maxEntries);

    /// <summary>How many addresses one run takes.</summary>
    internal int MaxEntries { get; }

    internal int InstructionCount { get; }

    /// <summary>The map's value, shared with the program.</summary>
    internal byte* Value => _value;

    /// <summary>
    /// Loads a program with the largest loop bound the verifier accepts: it follows every iteration, and its limits differ between kernels.
    /// Null, and why, when even the smallest is refused.
    /// </summary>
    internal static BpfProgram? Load(Emitter emit, Func<int, int> valueSize, out int errno, out string? reason)
    {
        errno = 0;
        reason = null;
        for (int bound = LargestBound; bound >= SmallestBound; bound /= 2)
        {
            if (TryLoad(emit, valueSize(bound), bound, out errno, out reason) is { } program)
            {
                return program;
            }

            // EFAULT: too many pending jumps; E2BIG and EINVAL: too many instructions or states to follow.
            if (errno is not (Errno.EFAULT or Errno.E2BIG or Errno.EINVAL))
            {
                break;
            }
        }

        return null;
    }

    /// <summary>Runs once: what the program returned, or -errno.</summary>
    internal int Run() => Bpf.Run(_program);

    public void Dispose()
    {
        if (_value is not null)
        {
            _ = SysMman.Unmap(_value, _length);
            _value = null;
        }

        _program.Dispose();
        _map.Dispose();
    }

    private static BpfProgram? TryLoad(Emitter emit, int size, int bound, out int errno, out string? reason)
    {
        SafeFileHandle map = Bpf.CreateArrayMap(size, out errno);
        if (errno != 0)
        {
            reason = $"bpf(BPF_MAP_CREATE): {Errno.Describe(errno)}";
            return null;
        }

        nuint page = (nuint)Unistd.PageSize;
        nuint length = ((nuint)size + page - 1) / page * page;
        byte* value = (byte*)SysMman.Map(length, PROT_READ | PROT_WRITE, MAP_SHARED, map, out errno);
        if (value is null)
        {
            reason = $"mmap of a BPF map: {Errno.Describe(errno)}";
            map.Dispose();
            return null;
        }

        ulong[] code = emit((int)map.DangerousGetHandle(), bound);
        SafeFileHandle program = Bpf.LoadProgram(Bpf.BPF_PROG_TYPE_RAW_TRACEPOINT, code, default, out errno);
        if (errno == 0)
        {
            reason = null;
            return new BpfProgram(map, program, value, length, bound, code.Length);
        }

        reason = $"bpf(BPF_PROG_LOAD), loop bound {bound}: {Errno.Describe(errno)}{(bound == SmallestBound ? Explain(code) : "")}";
        _ = SysMman.Unmap(value, length);
        map.Dispose();
        return null;
    }

    /// <summary>The last words of the verifier.</summary>
    private static string Explain(ulong[] code)
    {
        byte[] log = new byte[LogSize];
        Bpf.LoadProgram(Bpf.BPF_PROG_TYPE_RAW_TRACEPOINT, code, log, out _).Dispose();
        int end = Array.IndexOf(log, (byte)0);
        string text = Encoding.ASCII.GetString(log, 0, end < 0 ? log.Length : end).TrimEnd();
        return text.Length == 0 ? "" : "; verifier: " + text[Math.Max(0, text.Length - 300)..].ReplaceLineEndings(" | ");
    }
}
