using System.Buffers.Text;

namespace Damon.Trace.Tracer.Targets;

/// <summary>The fields of /proc/PID/stat that matter here, numbered as in proc_pid_stat(5).</summary>
internal readonly struct ProcStat
{
    // include/linux/sched.h
    private const ulong PF_KTHREAD = 0x0020_0000;

    private const int StateField = 3;
    private const int ParentField = 4;
    private const int FlagsField = 9;
    private const int NrThreadsField = 20;
    private const int StartTimeField = 22;
    private const int CpuField = 39;

    /// <summary>Enough for all 52 fields, 20 digits each.</summary>
    internal const int MaxLength = 2048;

    private ProcStat(byte state, int parentPid, ulong flags, int nrThreads, ulong startTimeTicks, int cpu)
    {
        State = (char)state;
        ParentPid = parentPid;
        IsKernelThread = (flags & PF_KTHREAD) != 0;
        NrThreads = nrThreads;
        StartTimeTicks = startTimeTicks;
        Cpu = cpu;
    }

    /// <summary>R, S, D, T, ... and Z or X once the process has exited.</summary>
    internal char State { get; }

    /// <summary>The process that gets to know its end.</summary>
    internal int ParentPid { get; }

    internal bool IsKernelThread { get; }

    internal int NrThreads { get; }

    /// <summary>Clock ticks after boot.</summary>
    internal ulong StartTimeTicks { get; }

    /// <summary>The CPU on which the main thread ran last.</summary>
    internal int Cpu { get; }

    internal bool HasExited => State is 'Z' or 'X' or 'x';

    internal static bool TryParse(ReadOnlySpan<byte> stat, out ProcStat result)
    {
        result = default;

        // A comm may hold blanks and parentheses, so only the last ')' is sure to end it.
        int end = stat.LastIndexOf((byte)')');
        if (end < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = stat[(end + 1)..].Trim(" \n"u8);
        byte state = 0;
        int parent = 0;
        ulong flags = 0;
        ulong nrThreads = 0;
        ulong startTime = 0;
        ulong cpu = 0;
        int field = StateField;
        for (; !rest.IsEmpty && field <= CpuField; field++)
        {
            int blank = rest.IndexOf((byte)' ');
            ReadOnlySpan<byte> value = blank < 0 ? rest : rest[..blank];
            rest = blank < 0 ? default : rest[(blank + 1)..];
            bool valid = field switch
            {
                StateField => value.Length == 1 && (state = value[0]) != 0,
                ParentField => Utf8Parser.TryParse(value, out parent, out _),
                FlagsField => Utf8Parser.TryParse(value, out flags, out _),
                NrThreadsField => Utf8Parser.TryParse(value, out nrThreads, out _),
                StartTimeField => Utf8Parser.TryParse(value, out startTime, out _),
                CpuField => Utf8Parser.TryParse(value, out cpu, out _),
                _ => true,
            };
            if (!valid)
            {
                return false;
            }
        }

        result = new ProcStat(state, parent, flags, (int)nrThreads, startTime, (int)cpu);
        return field > CpuField;
    }

    /// <summary>The comm between the first '(' and the last ')'.</summary>
    internal static ReadOnlySpan<byte> CommOf(ReadOnlySpan<byte> stat)
    {
        int start = stat.IndexOf((byte)'(') + 1;
        int end = stat.LastIndexOf((byte)')');
        return start > 0 && end >= start ? stat[start..end] : default;
    }
}
