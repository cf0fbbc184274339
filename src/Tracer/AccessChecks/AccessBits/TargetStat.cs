using System.Buffers.Text;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// /proc/PID/stat (proc_pid_stat(5)): where the target ran last, how many threads it has and how much memory. Read without allocation.
/// </summary>
internal sealed class TargetStat(int pid) : IDisposable
{
    private const int ThreadsField = 20;
    private const int ResidentField = 24;
    private const int ProcessorField = 39;

    private readonly SafeFileHandle _file = Unistd.Open($"/proc/{pid}/stat", Unistd.O_RDONLY, out _);

    internal int Processor { get; private set; }

    internal long Threads { get; private set; }

    internal long ResidentPages { get; private set; }

    /// <summary>Reads the fields anew; false when the process is gone.</summary>
    internal bool TryRead()
    {
        Span<byte> buffer = stackalloc byte[1024];
        long length = _file.IsInvalid ? 0 : Unistd.PRead(_file, buffer, 0);
        return length > 0 && TryParse(buffer[..(int)length]);
    }

    /// <summary>Fields are counted from 1; the second is the name in parentheses and may contain anything.</summary>
    internal bool TryParse(ReadOnlySpan<byte> line)
    {
        int nameEnd = line.LastIndexOf((byte)')');
        if (nameEnd < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = line[(nameEnd + 1)..].Trim(" \n"u8);
        int field = 3;
        foreach (Range part in rest.Split((byte)' '))
        {
            bool isNumber = Utf8Parser.TryParse(rest[part], out long value, out _);
            switch (field++)
            {
                case ThreadsField when isNumber:
                    Threads = value;
                    break;
                case ResidentField when isNumber:
                    ResidentPages = value;
                    break;
                case ProcessorField when isNumber:
                    Processor = (int)value;
                    return true;
            }
        }

        return false;
    }

    public void Dispose() => _file.Dispose();
}
