using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.AccessChecks.HardwareSamples;

/// <summary>The addresses that one process was seen to access in one window.</summary>
internal sealed class SampledAddresses(int pid)
{
    // Ten times what the usual rate gives in a second on one CPU; more are counted as lost.
    private const int Capacity = 1 << 16;

    private readonly ulong[] _addresses = new ulong[Capacity];
    private int _count;
    private bool _isSorted;

    internal int Count => _count;

    /// <summary>Samples that found no place, here or in the kernel's ring.</summary>
    internal ulong NrLost { get; private set; }

    internal void Clear() => _count = 0;

    /// <summary>Whether any sample lies in [start, end). Bounded by sorting once per window, then a binary search each; no allocations.</summary>
    internal bool HasAnyIn(ulong start, ulong end)
    {
        if (!_isSorted)
        {
            Array.Sort(_addresses, 0, _count);
            _isSorted = true;
        }

        int at = Array.BinarySearch(_addresses, 0, _count, start);
        at = at < 0 ? ~at : at;
        return at < _count && _addresses[at] < end;
    }

    private void Add(ReadOnlySpan<byte> record)
    {
        if (record.Length < Unsafe.SizeOf<PerfEvent.AddressSample>())
        {
            return;
        }

        PerfEvent.AddressSample sample = MemoryMarshal.Read<PerfEvent.AddressSample>(record);

        // Address 0: an instruction that accessed no memory, or whose address is not known.
        if (sample.Pid != pid || sample.Address == 0)
        {
            return;
        }

        if (_count == Capacity)
        {
            NrLost++;
            return;
        }

        _addresses[_count++] = sample.Address;
        _isSorted = false;
    }

    /// <summary>Sorts the records of one ring.</summary>
    internal readonly struct Sink(SampledAddresses addresses) : IPerfRecordSink
    {
        // After the header: LOST has u64 id, u64 lost; LOST_SAMPLES has u64 lost.
        private const int LostOffset = 16;
        private const int LostSamplesOffset = 8;

        public void OnRecord(uint type, ReadOnlySpan<byte> record)
        {
            switch (type)
            {
                case PerfEvent.PERF_RECORD_SAMPLE:
                    addresses.Add(record);
                    break;
                case PerfEvent.PERF_RECORD_LOST when record.Length >= LostOffset + sizeof(ulong):
                    addresses.NrLost += BitConverter.ToUInt64(record[LostOffset..]);
                    break;
                case PerfEvent.PERF_RECORD_LOST_SAMPLES when record.Length >= LostSamplesOffset + sizeof(ulong):
                    addresses.NrLost += BitConverter.ToUInt64(record[LostSamplesOffset..]);
                    break;
            }
        }
    }
}
