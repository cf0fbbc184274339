using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.DataSet;

/// <summary>
/// The tables of one recording on one day. Every day is complete by itself: descriptions in force when it begins are written again.
/// </summary>
internal sealed class Partition : IDisposable
{
    private readonly string _recording;
    private readonly TableFactory _factory;
    private readonly RegionsTable _regions;
    private readonly ContextsTable _contexts;
    private readonly TargetsTable _targets;
    private readonly MappingsTable _mappings;
    private readonly FootprintTable _footprint;
    private readonly IdleTable _idle;
    private readonly AccessesTable _accesses;
    private readonly HashSet<ContextDescription> _contextsWritten = [];
    private readonly HashSet<TargetDescription> _targetsWritten = [];
    private readonly Dictionary<ulong, (uint Generation, int Count)> _mappingsWritten = [];
    private long _version;

    /// <param name="recording">Identity of the recording.</param>
    /// <param name="factory">Makes the files.</param>
    /// <param name="part">How many days, or returns to a day, were begun before.</param>
    internal Partition(string recording, TableFactory factory, int part)
    {
        _recording = recording;
        _factory = factory;
        _contexts = new ContextsTable(factory);
        _targets = new TargetsTable(factory);
        _mappings = new MappingsTable(factory);
        _footprint = new FootprintTable(factory);
        _idle = new IdleTable(factory);
        _accesses = new AccessesTable(factory);
        _regions = new RegionsTable(factory, Annex, part);
    }

    /// <summary>What of the recording is no row of table regions, in the order of the recording.</summary>
    internal AnnexWriter Annex { get; } = new();

    internal void Append(Snapshot snapshot, WriteShares writes, Moment moment, DescriptionsInForce descriptions)
    {
        if (_version != descriptions.Version)
        {
            AppendNew(moment, descriptions);
            _version = descriptions.Version;
        }

        _regions.Append(_recording, snapshot, writes, descriptions.GenerationOf(snapshot.TargetId));
    }

    internal void Append(in Footprint footprint, Moment moment) => _footprint.Append(_recording, moment, footprint);

    internal void Append(in IdlePages idle, ReadOnlySpan<IdleRecord> records, Moment moment) =>
        _idle.Append(_recording, moment, in idle, records);

    internal void Append(in AccessEvent access, Moment moment) => _accesses.Append(_recording, moment, in access);

    internal void Append(Moment first, Moment last, RecordingEnd end, Heartbeat? heartbeat)
    {
        Annex.Add(end);
        new RecordingsTable(_factory).Append(_recording, first, last, end, heartbeat);
    }

    internal void Complete() => _factory.Complete();

    public void Dispose() => _factory.Dispose();

    private void AppendNew(Moment moment, DescriptionsInForce descriptions)
    {
        foreach (ContextDescription context in descriptions.Contexts.Where(_contextsWritten.Add))
        {
            _contexts.Append(_recording, moment, context);
        }

        foreach (TargetDescription target in descriptions.Targets.Where(_targetsWritten.Add))
        {
            _targets.Append(_recording, moment, target);
        }

        foreach (IReadOnlyList<MappingDescription> generation in descriptions.Mappings)
        {
            ulong targetId = generation[0].TargetId;
            (uint Generation, int Count) written = _mappingsWritten.GetValueOrDefault(targetId);
            int first = written.Generation == generation[0].Generation ? written.Count : 0;
            for (int i = first; i < generation.Count; i++)
            {
                _mappings.Append(_recording, moment, generation[i]);
            }

            _mappingsWritten[targetId] = (generation[0].Generation, generation.Count);
        }
    }
}
