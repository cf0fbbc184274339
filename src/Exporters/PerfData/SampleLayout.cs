using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Where the fields of a sample are: in the order IDENTIFIER, IP, TID, TIME, ADDR, ID, STREAM_ID, CPU, PERIOD, READ, CALLCHAIN, RAW, each
/// there when its bit is set. READ and CALLCHAIN have no fixed size, so RAW has to be looked for behind them.
/// </summary>
internal sealed class SampleLayout
{
    private readonly ulong _sampleType;
    private readonly ulong _readFormat;
    private readonly int _fixedEnd;
    private readonly int _trailerTimeFromEnd;

    internal SampleLayout(EventAttribute attribute)
    {
        _sampleType = attribute.SampleType;
        _readFormat = attribute.ReadFormat;
        HasRaw = (_sampleType & SampleType.Raw) != 0;
        int at = RecordType.HeaderBytes;
        IdentifierAt = Place(SampleType.Identifier, ref at);
        Place(SampleType.Ip, ref at);
        TidAt = Place(SampleType.Tid, ref at);
        TimeAt = Place(SampleType.Time, ref at);
        Place(SampleType.Addr, ref at);
        int idAt = Place(SampleType.Id, ref at);
        Place(SampleType.StreamId, ref at);
        CpuAt = Place(SampleType.Cpu, ref at);
        Place(SampleType.Period, ref at);
        _fixedEnd = at;
        IdAt = IdentifierAt >= 0 ? IdentifierAt : idAt;
        _trailerTimeFromEnd = attribute.HasSampleIds ? TrailerTimeFromEnd() : 0;
    }

    internal int IdentifierAt { get; }

    /// <summary>Offset of the number that tells the event, or -1.</summary>
    internal int IdAt { get; }

    /// <summary>Offset of u32 pid, u32 tid, or -1.</summary>
    internal int TidAt { get; }

    internal int TimeAt { get; }

    internal int CpuAt { get; }

    internal bool HasRaw { get; }

    /// <summary>Bytes up to the first field without a fixed place.</summary>
    internal int FixedBytes => _fixedEnd;

    /// <summary>
    /// The tracepoint's record. No allocation; two comparisons when there are neither READ nor CALLCHAIN. False when it does not fit.
    /// </summary>
    internal bool TryGetRaw(ReadOnlySpan<byte> sample, out ReadOnlySpan<byte> raw)
    {
        raw = default;
        int at = _fixedEnd;
        if ((_sampleType & (SampleType.Read | SampleType.Callchain)) != 0 && !TrySkipVariable(sample, ref at))
        {
            return false;
        }

        if (!HasRaw || sample.Length - at < sizeof(uint))
        {
            return false;
        }

        uint size = BinaryPrimitives.ReadUInt32LittleEndian(sample[at..]);
        if (size > (uint)(sample.Length - at - sizeof(uint)))
        {
            return false;
        }

        raw = sample.Slice(at + sizeof(uint), (int)size);
        return true;
    }

    /// <summary>The time of a record other than a sample, from the id fields at its end; 0 when it has none.</summary>
    internal ulong TrailerTime(ReadOnlySpan<byte> record) =>
        _trailerTimeFromEnd > 0 && record.Length >= RecordType.HeaderBytes + _trailerTimeFromEnd
            ? BinaryPrimitives.ReadUInt64LittleEndian(record[^_trailerTimeFromEnd..])
            : 0;

    private int Place(ulong bit, ref int at)
    {
        if ((_sampleType & bit) == 0)
        {
            return -1;
        }

        at += sizeof(ulong);
        return at - sizeof(ulong);
    }

    /// <summary>The id fields are TID TIME ID STREAM_ID CPU IDENTIFIER, 8 bytes each.</summary>
    private int TrailerTimeFromEnd()
    {
        if (TimeAt < 0)
        {
            return 0;
        }

        ulong from = _sampleType & (SampleType.Time | SampleType.Id | SampleType.StreamId | SampleType.Cpu | SampleType.Identifier);
        return System.Numerics.BitOperations.PopCount(from) * sizeof(ulong);
    }

    private bool TrySkipVariable(ReadOnlySpan<byte> sample, ref int at)
    {
        if ((_sampleType & SampleType.Read) != 0)
        {
            ulong totals = _readFormat & (SampleType.ReadTotalTimeEnabled | SampleType.ReadTotalTimeRunning);
            ulong perValue = _readFormat & (SampleType.ReadId | SampleType.ReadLost);
            int valueBytes = (1 + System.Numerics.BitOperations.PopCount(perValue)) * sizeof(ulong);
            ulong values = 1;
            if ((_readFormat & SampleType.ReadGroup) != 0 && !TryCount(sample, ref at, out values))
            {
                return false;
            }

            at += System.Numerics.BitOperations.PopCount(totals) * sizeof(ulong);
            if (!TrySkip(sample, ref at, values, valueBytes))
            {
                return false;
            }
        }

        return (_sampleType & SampleType.Callchain) == 0
            || (TryCount(sample, ref at, out ulong calls) && TrySkip(sample, ref at, calls, sizeof(ulong)));
    }

    private static bool TryCount(ReadOnlySpan<byte> sample, ref int at, out ulong count)
    {
        count = 0;
        if (sample.Length - at < sizeof(ulong))
        {
            return false;
        }

        count = BinaryPrimitives.ReadUInt64LittleEndian(sample[at..]);
        at += sizeof(ulong);
        return true;
    }

    private static bool TrySkip(ReadOnlySpan<byte> sample, ref int at, ulong count, int bytes)
    {
        int rest = sample.Length - at;
        if (rest < 0 || count > (ulong)(rest / bytes))
        {
            return false;
        }

        at += (int)count * bytes;
        return true;
    }
}
