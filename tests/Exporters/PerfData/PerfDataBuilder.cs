using System.Buffers.Binary;
using System.Text;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>Builds perf.data files of shapes our writer never makes, record by record, by its own code.</summary>
internal sealed class PerfDataBuilder
{
    public const ulong DefaultSampleType = 0x10587; // IDENTIFIER RAW PERIOD CPU TIME TID IP: what perf record -a writes
    public const string Common =
        "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;\n\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n";

    private readonly List<(uint Type, ulong Config, ulong Id, string System, string? Format)> _events = [];
    private readonly List<byte> _data = [];

    public ulong SampleType { get; init; } = DefaultSampleType;

    public ulong ReadFormat { get; init; }

    public byte[] ReadField { get; init; } = [];

    public byte[] Callchain { get; init; } = [];

    public PerfDataBuilder Event(string system, string name, ulong id, params (string Field, int Offset, int Size)[] fields)
    {
        IEnumerable<string> lines = fields.Select(f => $"\tfield:some type {f.Field};\toffset:{f.Offset};\tsize:{f.Size};\tsigned:0;\n");
        _events.Add((2, id, 1000 + id, system, $"name: {name}\nID: {id}\nformat:\n{Common}{string.Concat(lines)}\nprint fmt: \"\"\n"));
        return this;
    }

    public PerfDataBuilder Aggregated(ulong id = 7, bool age = true)
    {
        (string, int, int)[] fields =
            [("target_id", 8, 8), ("nr_regions", 16, 4), ("start", 24, 8), ("end", 32, 8), ("nr_accesses", 40, 4), ("age", 44, 4)];
        return Event("damon", "damon_aggregated", id, age ? fields : fields[..^1]);
    }

    public PerfDataBuilder OtherEvent(uint type, ulong config)
    {
        _events.Add((type, config, 1000 + config, "", null));
        return this;
    }

    public PerfDataBuilder Record(uint type, ushort misc, params byte[] body)
    {
        _data.AddRange(RecordBytes(type, misc, body));
        return this;
    }

    public PerfDataBuilder Bytes(byte[] bytes)
    {
        _data.AddRange(bytes);
        return this;
    }

    public PerfDataBuilder Round() => Record(68, 0);

    public PerfDataBuilder Comm(int tid, string comm, ulong timeNs)
    {
        byte[] name = Encoding.UTF8.GetBytes(comm);
        byte[] padded = new byte[(name.Length + 8) / 8 * 8];
        name.CopyTo(padded, 0);
        return Record(3, 0, [.. Numbers(tid, tid), .. padded, .. Trailer(tid, timeNs)]);
    }

    public PerfDataBuilder Fork(int parent, int child, ulong timeNs) =>
        Record(7, 0, [.. Numbers(child, parent, child, parent), .. BitConverter.GetBytes(timeNs), .. Trailer(child, timeNs)]);

    /// <summary>A sample of the kernel's layout.</summary>
    public PerfDataBuilder Region(ulong timeNs, uint nrRegions, ulong start, ulong end, int tid = 77, uint cpu = 0, ulong id = 7, bool age = true)
    {
        byte[] raw = new byte[age ? 52 : 44];
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(8), 0xffff_8880_0000_0042);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(16), nrRegions);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(24), start);
        BinaryPrimitives.WriteUInt64LittleEndian(raw.AsSpan(32), end);
        BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(40), 5);
        if (age)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(raw.AsSpan(44), 9);
        }

        return Sample(timeNs, raw, tid, cpu, id);
    }

    public PerfDataBuilder Sample(ulong timeNs, byte[] raw, int tid = 77, uint cpu = 0, ulong id = 7) =>
        Bytes(SampleBytes(timeNs, raw, tid, cpu, id));

    public byte[] SampleBytes(ulong timeNs, byte[] raw, int tid = 77, uint cpu = 0, ulong id = 7)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(raw, (ushort)id);
        BinaryPrimitives.WriteInt32LittleEndian(raw.AsSpan(4), tid);
        List<byte> body = [];
        void Add(int bit, params byte[] bytes) => body.AddRange((SampleType & (1UL << bit)) != 0 ? bytes : []);
        byte[] identifier = BitConverter.GetBytes(1000 + id);
        Add(16, identifier);
        Add(0, Numbers(0, -1));
        Add(1, Numbers(tid, tid));
        Add(2, BitConverter.GetBytes(timeNs));
        Add(3, Numbers(1, 2));
        Add(6, identifier);
        Add(9, Numbers(3, 4));
        Add(7, Numbers((int)cpu, 0));
        Add(8, Numbers(1, 0));
        Add(4, ReadField);
        Add(5, Callchain);
        Add(10, [.. Numbers(raw.Length), .. raw]);
        return RecordBytes(9, 1, [.. body]);
    }

    public byte[] Trailer(int tid, ulong timeNs)
    {
        List<byte> trailer = [.. Numbers(tid, tid), .. BitConverter.GetBytes(timeNs)];
        foreach (int bit in (ReadOnlySpan<int>)[6, 9, 7, 16])
        {
            trailer.AddRange((SampleType & (1UL << bit)) != 0 ? BitConverter.GetBytes(1000UL + 7) : []);
        }

        return [.. trailer];
    }

    public static byte[] RecordBytes(uint type, ushort misc, byte[] body) =>
        [.. BitConverter.GetBytes(type), .. BitConverter.GetBytes(misc), .. BitConverter.GetBytes(checked((ushort)(8 + body.Length))), .. body];

    public static byte[] Numbers(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    /// <param name="features">Bits besides TRACING_DATA, each with an empty section.</param>
    public byte[] ToFile(params int[] features)
    {
        int attrsAt = 104 + (8 * _events.Count);
        int dataAt = attrsAt + (144 * _events.Count);
        byte[] data = _data.ToArray();
        byte[] formats = TracingData();
        byte[] bitmap = new byte[32];
        int[] bits = [1, .. features];
        Array.ForEach(bits, bit => bitmap[bit / 8] |= (byte)(1 << (bit % 8)));
        long formatsAt = dataAt + data.Length + (16 * bits.Length);
        return
        [
            .. "PERFILE2"u8, .. Longs(104, 144, attrsAt, 144 * _events.Count, dataAt, data.Length, 0, 0), .. bitmap,
            .. Longs([.. _events.Select(e => (long)e.Id)]),
            .. _events.SelectMany((e, i) => (byte[])[.. Attribute(e.Type, e.Config), .. Longs(104 + (8 * i), 8)]),
            .. data,
            .. Longs(formatsAt, formats.Length), .. new byte[16 * features.Length],
            .. formats,
        ];
    }

    public byte[] ToPipe()
    {
        byte[] formats = TracingData();
        return
        [
            .. "PERFILE2"u8, .. Longs(16),
            .. _events.SelectMany(e => RecordBytes(64, 0, [.. Attribute(e.Type, e.Config), .. Longs((long)e.Id)])),
            .. RecordBytes(66, 0, Longs(formats.Length)), .. formats,
            .. _data.ToArray(),
        ];
    }

    private static byte[] Longs(params long[] values) => [.. values.SelectMany(BitConverter.GetBytes)];

    private byte[] Attribute(uint type, ulong config)
    {
        byte[] attribute = new byte[128];
        BinaryPrimitives.WriteUInt32LittleEndian(attribute, type);
        BinaryPrimitives.WriteUInt32LittleEndian(attribute.AsSpan(4), 128);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute.AsSpan(8), config);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute.AsSpan(24), SampleType);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute.AsSpan(32), ReadFormat);
        BinaryPrimitives.WriteUInt64LittleEndian(attribute.AsSpan(40), 1 << 18);
        return attribute;
    }

    private byte[] TracingData()
    {
        byte[] Text(string text) => [.. Longs(text.Length), .. Encoding.ASCII.GetBytes(text)];
        (string System, string Format)[] formats = [.. _events.Where(e => e.Format is not null).Select(e => (e.System, e.Format!))];
        return
        [
            .. "\x17\x08\x44tracing0.6\0"u8, 0, 8, .. Numbers(4096), .. "header_page\0"u8, .. Text("page"), .. "header_event\0"u8, .. Text("event"),
            .. Numbers(1), .. Text("name: ftrace"),
            .. Numbers(formats.Length),
            .. formats.SelectMany(f => (byte[])[.. Encoding.ASCII.GetBytes(f.System + "\0"), .. Numbers(1), .. Text(f.Format)]),
            .. Numbers(0, 0, 0, 0),
        ];
    }
}
