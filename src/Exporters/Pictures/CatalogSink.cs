using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Reports;

namespace Damon.Trace.Exporters.Pictures;

/// <summary>Collects what a recording says about its targets.</summary>
internal sealed class CatalogSink : IRecordingSink
{
    public TargetCatalog Catalog { get; } = new();

    public void OnTarget(TargetDescription target) => Catalog.Add(target);

    public void OnMapping(MappingDescription mapping) => Catalog.Add(mapping);

    public void OnSnapshot(Snapshot snapshot)
    {
    }

    public void OnEnd(RecordingEnd end)
    {
    }
}
