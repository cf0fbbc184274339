using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.PerfRings;

namespace Damon.Trace.Tracer.Tests.Kernel;

/// <summary>The kernel's side of a perf ring in ordinary memory.</summary>
internal sealed unsafe class FakeRing : IDisposable
{
    private readonly byte* _control = (byte*)NativeMemory.AllocZeroed(4096);
    private readonly byte* _data;
    private readonly int _size;

    internal FakeRing(int size)
    {
        _size = size;
        _data = (byte*)NativeMemory.AllocZeroed((nuint)size);
        Reader = new PerfRing(_control, _data, (ulong)size);
    }

    internal PerfRing Reader { get; }

    internal ulong Head => *(ulong*)(_control + PerfEvent.DataHeadOffset);

    internal ulong Tail => *(ulong*)(_control + PerfEvent.DataTailOffset);

    /// <summary>A sample as sample_type TID, TIME, CPU, RAW lays it out; the raw bytes are padded as the kernel pads them.</summary>
    internal static byte[] Sample(int tid, ulong timestampNs, uint cpu, byte[] raw)
    {
        int rawSize = (((sizeof(uint) + raw.Length) + 7) & ~7) - sizeof(uint);
        byte[] record = new byte[36 + rawSize];
        Span<byte> bytes = record;
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 9);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[4..], 1);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[6..], (ushort)record.Length);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[8..], tid);
        BinaryPrimitives.WriteInt32LittleEndian(bytes[12..], tid);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[16..], timestampNs);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[24..], cpu);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[32..], (uint)rawSize);
        raw.CopyTo(bytes[36..]);
        return record;
    }

    /// <summary>The raw bytes of damon_aggregated, laid out as <see cref="Formats.Aggregated"/>.</summary>
    internal static byte[] Aggregated(ushort id, ulong target, uint nrRegions, ulong start, ulong end, uint nrAccesses, uint age)
    {
        byte[] raw = new byte[48];
        BinaryPrimitives.WriteUInt16LittleEndian(raw, id);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(8), target);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(16), nrRegions);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(24), start);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(32), end);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(40), nrAccesses);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(44), age);
        return raw;
    }

    /// <summary>PERF_RECORD_LOST (2) with its trailer, as sample_id_all adds it, or PERF_RECORD_LOST_SAMPLES (13).</summary>
    internal static byte[] Lost(uint type, ulong lost)
    {
        byte[] record = new byte[type == 2 ? 48 : 40];
        BinaryPrimitives.WriteUInt32LittleEndian(record, type);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(6), (ushort)record.Length);
        BinaryPrimitives.WriteUInt64LittleEndian(record.AsSpan(type == 2 ? 16 : 8), lost);
        return record;
    }

    internal void Write(params byte[][] records)
    {
        ulong head = Head;
        foreach (byte[] record in records)
        {
            Assert.True(head + (ulong)record.Length - Tail <= (ulong)_size, "the test overfills its ring");
            foreach (byte value in record)
            {
                _data[head++ & ((ulong)_size - 1)] = value;
            }
        }

        *(ulong*)(_control + PerfEvent.DataHeadOffset) = head;
    }

    public void Dispose()
    {
        NativeMemory.Free(_control);
        NativeMemory.Free(_data);
    }
}
