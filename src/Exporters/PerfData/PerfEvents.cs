using System.Buffers.Binary;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>All events of a perf.data file, and which of them a sample belongs to.</summary>
internal sealed class PerfEvents
{
    /// <summary>Identifiers are one per event and cpu; more than this is no file of perf.</summary>
    internal const int MaxIdentifiers = 1 << 20;

    internal const int MaxEvents = 1 << 12;

    private readonly List<PerfEvent> _events = [];
    private readonly Dictionary<ulong, PerfEvent> _byIdentifier = [];
    private readonly Dictionary<ulong, List<PerfEvent>> _byConfig = [];
    private readonly Dictionary<ulong, EventFormat> _formats = [];
    private ulong _lastIdentifier;
    private PerfEvent? _last;

    internal IReadOnlyList<PerfEvent> All => _events;

    /// <summary>At least one event is ours to read.</summary>
    internal bool AnyReadable => _events.Exists(e => e.Kind != EventKind.Other);

    internal bool AnyFormat => _formats.Count > 0;

    internal bool AnyWithoutAge => _events.Exists(e => e.Aggregated is { HasAge: false });

    internal void Add(EventAttribute attribute, ReadOnlySpan<byte> identifiers)
    {
        if (_events.Count == MaxEvents)
        {
            return;
        }

        PerfEvent added = new(attribute, (ushort)_events.Count);
        _events.Add(added);
        _last = null;
        for (int at = 0; at + sizeof(ulong) <= identifiers.Length && _byIdentifier.Count < MaxIdentifiers; at += sizeof(ulong))
        {
            _byIdentifier[BinaryPrimitives.ReadUInt64LittleEndian(identifiers[at..])] = added;
        }

        if (attribute.Type != EventAttribute.TypeTracepoint)
        {
            return;
        }

        if (!_byConfig.TryGetValue(attribute.Config, out List<PerfEvent>? same))
        {
            _byConfig.Add(attribute.Config, same = []);
        }

        same.Add(added);
        if (_formats.TryGetValue(attribute.Config, out EventFormat? format))
        {
            added.Resolve(format);
        }
    }

    internal void AddFormats(List<EventFormat> formats)
    {
        foreach (EventFormat format in formats)
        {
            // Ids are unique in a file; the first of two is as good as the second, and a broken file cannot take all time.
            if (_formats.TryAdd(format.Id, format) && _byConfig.TryGetValue(format.Id, out List<PerfEvent>? known))
            {
                known.ForEach(e => e.Resolve(format));
            }
        }
    }

    /// <summary>For a file that broke off before its formats.</summary>
    internal void AssumeFormats()
    {
        foreach (List<PerfEvent> tracepoints in _byConfig.Values)
        {
            tracepoints.ForEach(e => e.Assume());
        }
    }

    /// <summary>
    /// The event of a sample, as perf finds it; null when no event has its identifier. One comparison as long as the event stays the
    /// same.
    /// </summary>
    internal PerfEvent? Find(ReadOnlySpan<byte> sample)
    {
        if (_events.Count <= 1)
        {
            return _events.Count == 0 ? null : _events[0];
        }

        // perf demands that the identifier is at the same place in the samples of all events.
        int at = _events[0].Layout.IdAt;
        if (at < 0)
        {
            return FindByRecord(sample);
        }

        if (sample.Length < at + sizeof(ulong))
        {
            return null;
        }

        ulong identifier = BinaryPrimitives.ReadUInt64LittleEndian(sample[at..]);
        if (_last is not null && identifier == _lastIdentifier)
        {
            return _last;
        }

        _lastIdentifier = identifier;
        return _last = _byIdentifier.TryGetValue(identifier, out PerfEvent? found) ? found : identifier == 0 ? _events[0] : null;
    }

    /// <summary>The event a record other than a sample is about; null when its id fields do not tell.</summary>
    internal PerfEvent? FindByTrailer(ReadOnlySpan<byte> record) =>
        _events.Count > 0 && _events[0].Attribute.HasSampleIds && _events[0].Layout.IdentifierAt >= 0
            ? _byIdentifier.GetValueOrDefault(BinaryPrimitives.ReadUInt64LittleEndian(record[^sizeof(ulong)..]))
            : null;

    /// <summary>Several events without identifiers have samples of one shape; common_type of the record tells them apart.</summary>
    private PerfEvent? FindByRecord(ReadOnlySpan<byte> sample)
    {
        SampleLayout layout = _events[0].Layout;
        return sample.Length >= layout.FixedBytes
            && layout.TryGetRaw(sample, out ReadOnlySpan<byte> raw)
            && raw.Length >= sizeof(ushort)
            && _byConfig.TryGetValue(BinaryPrimitives.ReadUInt16LittleEndian(raw), out List<PerfEvent>? found)
            ? found[0]
            : null;
    }
}
