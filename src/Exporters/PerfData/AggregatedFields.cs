using System.Buffers.Binary;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>Where the six fields of an aggregated event are: found by name, because they move between kernels and tracers.</summary>
internal sealed class AggregatedFields
{
    private static readonly string[] s_kernelNames = ["target_id", "nr_regions", "start", "end", "nr_accesses", "age"];

    /// <summary>The probe arguments in the order of our USDT, when perf probe was not told names.</summary>
    private static readonly string[] s_argumentNames = ["arg1", "arg2", "arg3", "arg4", "arg5", "arg6"];

    private readonly EventField _targetId;
    private readonly EventField _nrRegions;
    private readonly EventField _start;
    private readonly EventField _end;
    private readonly EventField _nrAccesses;
    private readonly EventField? _age;
    private readonly int _bytes;
    private readonly bool _kernelSizes;

    private AggregatedFields(EventField[] fields, EventField? age)
    {
        (_targetId, _nrRegions, _start, _end, _nrAccesses) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
        _age = age;
        _bytes = Math.Max(fields.Max(field => field.End), age?.End ?? 0);
        _kernelSizes = _targetId.Size == 8 && _nrRegions.Size == 4 && _start.Size == 8 && _end.Size == 8
            && _nrAccesses.Size == 4 && age is { Size: 4 };
    }

    /// <summary>False for kernels before 5.17, whose event has no age.</summary>
    internal bool HasAge => _age is not null;

    /// <summary>Null when a field other than age is missing or no number.</summary>
    internal static AggregatedFields? Find(EventFormat format) =>
        Find(format, s_kernelNames) ?? Find(format, s_argumentNames);

    /// <summary>Bound by the sample's cache line; no allocation. False when the record is too short.</summary>
    internal bool TryRead(ReadOnlySpan<byte> record, out DamonAggregated aggregated)
    {
        if (record.Length < _bytes)
        {
            aggregated = default;
            return false;
        }

        if (!_kernelSizes)
        {
            aggregated = ReadAnySize(record);
            return true;
        }

        aggregated.TargetId = BinaryPrimitives.ReadUInt64LittleEndian(record[_targetId.Offset..]);
        aggregated.NrRegions = BinaryPrimitives.ReadUInt32LittleEndian(record[_nrRegions.Offset..]);
        aggregated.Start = BinaryPrimitives.ReadUInt64LittleEndian(record[_start.Offset..]);
        aggregated.End = BinaryPrimitives.ReadUInt64LittleEndian(record[_end.Offset..]);
        aggregated.NrAccesses = BinaryPrimitives.ReadUInt32LittleEndian(record[_nrAccesses.Offset..]);
        aggregated.Age = BinaryPrimitives.ReadUInt32LittleEndian(record[_age.GetValueOrDefault().Offset..]);
        return true;
    }

    private DamonAggregated ReadAnySize(ReadOnlySpan<byte> record) => new()
    {
        TargetId = _targetId.Read(record),
        NrRegions = (uint)_nrRegions.Read(record),
        Start = _start.Read(record),
        End = _end.Read(record),
        NrAccesses = (uint)_nrAccesses.Read(record),
        Age = _age is { } age ? (uint)age.Read(record) : 0,
    };

    private static AggregatedFields? Find(EventFormat format, string[] names)
    {
        EventField[] fields = new EventField[names.Length - 1];
        for (int i = 0; i < fields.Length; i++)
        {
            if (format.Field(names[i]) is not { IsNumber: true } field)
            {
                return null;
            }

            fields[i] = field;
        }

        return new AggregatedFields(fields, format.Field(names[^1]) is { IsNumber: true } age ? age : null);
    }
}
