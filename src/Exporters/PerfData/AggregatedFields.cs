using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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
    private readonly EventField _age;
    private readonly bool _kernelSizes;

    private AggregatedFields(EventField[] fields, EventField? age)
    {
        (_targetId, _nrRegions, _start, _end, _nrAccesses) = (fields[0], fields[1], fields[2], fields[3], fields[4]);
        _age = age ?? default;
        HasAge = age is not null;
        Bytes = Math.Max(fields.Max(field => field.End), _age.End);
        _kernelSizes = _targetId.Size == 8 && _nrRegions.Size == 4 && _start.Size == 8 && _end.Size == 8
            && _nrAccesses.Size == 4 && _age.Size == 4 && BitConverter.IsLittleEndian;
    }

    /// <summary>False for kernels before 5.17, whose event has no age.</summary>
    internal bool HasAge { get; }

    /// <summary>Null when a field other than age is missing or no number.</summary>
    internal static AggregatedFields? Find(EventFormat format) =>
        Find(format, s_kernelNames) ?? Find(format, s_argumentNames);

    /// <summary>Bytes a record has at least.</summary>
    internal int Bytes { get; }

    /// <summary>
    /// Bound by the sample's cache line; no allocation. The caller has compared the record's length with <see cref="Bytes"/>, once
    /// instead of once per field.
    /// </summary>
    internal void Read(ReadOnlySpan<byte> record, out DamonAggregated aggregated)
    {
        if (!_kernelSizes)
        {
            aggregated = ReadAnySize(record);
            return;
        }

        Debug.Assert(record.Length >= Bytes, "the caller compares lengths");
        ref byte start = ref MemoryMarshal.GetReference(record);
        aggregated.TargetId = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, _targetId.Offset));
        aggregated.NrRegions = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, _nrRegions.Offset));
        aggregated.Start = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, _start.Offset));
        aggregated.End = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, _end.Offset));
        aggregated.NrAccesses = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, _nrAccesses.Offset));
        aggregated.Age = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref start, _age.Offset));
    }

    private DamonAggregated ReadAnySize(ReadOnlySpan<byte> record) => new()
    {
        TargetId = _targetId.Read(record),
        NrRegions = (uint)_nrRegions.Read(record),
        Start = _start.Read(record),
        End = _end.Read(record),
        NrAccesses = (uint)_nrAccesses.Read(record),
        Age = HasAge ? (uint)_age.Read(record) : 0,
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
