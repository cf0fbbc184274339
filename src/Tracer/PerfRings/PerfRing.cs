using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.PerfRings;

/// <summary>
/// Reads the records of one perf ring (linux/perf_event.h, struct perf_event_mmap_page). The kernel moves data_head, the reader data_tail,
/// both count bytes for ever; a record that runs over the end of the ring goes on at its beginning.
/// </summary>
internal sealed unsafe class PerfRing
{
    private readonly byte* _control;
    private readonly byte* _data;
    private readonly ulong _size;
    private readonly byte[] _wrapped;

    /// <param name="control">The control page.</param>
    /// <param name="data">The first byte of the ring.</param>
    /// <param name="size">Bytes in the ring, a power of two.</param>
    internal PerfRing(byte* control, byte* data, ulong size)
    {
        _control = control;
        _data = data;
        _size = size;
        _wrapped = new byte[Math.Min(size, ushort.MaxValue)];
    }

    /// <summary>
    /// Hands over every record that is complete at this moment and frees its place. Bound by copying 88 bytes a sample; allocates nothing.
    /// </summary>
    internal void Drain<TSink>(ref TSink sink)
        where TSink : struct, IPerfRecordSink
    {
        // Acquire: the records are read after the head that covers them.
        ulong head = Volatile.Read(ref *(ulong*)(_control + PerfEvent.DataHeadOffset));
        ref ulong tailWord = ref *(ulong*)(_control + PerfEvent.DataTailOffset);
        ulong tail = tailWord;
        while (tail < head)
        {
            // Records are multiples of 8 bytes, so the header itself never wraps.
            ulong offset = tail & (_size - 1);
            var header = *(PerfEvent.Header*)(_data + offset);
            if (header.Size < sizeof(PerfEvent.Header))
            {
                // Cannot happen with a kernel on the other side; going on would never end.
                tail = head;
                break;
            }

            sink.OnRecord(header.Type, Record(offset, header.Size));
            tail += header.Size;
        }

        // Release: the kernel may overwrite the records from here on.
        Volatile.Write(ref tailWord, tail);
    }

    private ReadOnlySpan<byte> Record(ulong offset, ushort size)
    {
        ulong beforeEnd = _size - offset;
        if (size <= beforeEnd)
        {
            return new ReadOnlySpan<byte>(_data + offset, size);
        }

        new ReadOnlySpan<byte>(_data + offset, (int)beforeEnd).CopyTo(_wrapped);
        new ReadOnlySpan<byte>(_data, size - (int)beforeEnd).CopyTo(_wrapped.AsSpan((int)beforeEnd));
        return _wrapped.AsSpan(0, size);
    }
}
