using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring.Tests.Schemes;

/// <summary>A machine whose clock and numbers a test sets; acting takes a time per byte, and holes cannot be acted on.</summary>
internal sealed class VirtualMachine : ISchemeEnvironment, ISchemeObserver
{
    private SchemeReach _planned;

    public long NowNs { get; set; }

    public ulong? Goal { get; set; }

    public uint? Metric { get; set; }

    public double NsPerByte { get; set; }

    /// <summary>Whether a page holds memory that can be acted on.</summary>
    public Func<ulong, bool> IsThere { get; set; } = _ => true;

    public List<string> Log { get; } = [];

    public List<(int Scheme, ulong Target, DamonRegion Region)> Tried { get; } = [];

    public ulong ActedOn { get; private set; }

    public ulong? Read(QuotaGoal goal) => Goal;

    public uint? Read(WatermarkMetric metric) => Metric;

    public SchemeReach Plan(RunningScheme scheme, DamonTarget target, AddressRange range, ulong limit, bool ignoreFilters)
    {
        Assert.True(limit > 0, "nothing is planned for a quota that is used up");
        ulong bytes = 0;
        ulong end = range.Start;
        while (end < range.End)
        {
            ulong more = IsThere(end / Run.Page) ? Run.Page : 0;
            if (bytes + more > limit)
            {
                break;
            }

            bytes += more;
            end += Run.Page;
        }

        return _planned = new SchemeReach(end, bytes);
    }

    public SchemeOutcome Act(RunningScheme scheme, DamonTarget target, in DamonRegion region)
    {
        Assert.Equal(_planned.End, region.End);
        NowNs += (long)(_planned.Bytes * NsPerByte);
        ActedOn += _planned.Bytes;
        return new SchemeOutcome(_planned.Bytes, _planned.Bytes, _planned.Bytes);
    }

    public void OnBeforeApply(RunningScheme scheme, DamonTarget target, in DamonRegion region, uint nrAccesses)
    {
        Tried.Add((scheme.Index, target.TargetId, region));
        Log.Add($"{scheme.Index}: {region.Start / Run.Page}-{region.End / Run.Page} {nrAccesses}/{region.Age}");
    }

    public void OnEffectiveSize(RunningScheme scheme, ulong bytes) => Log.Add($"{scheme.Index}: esz {bytes}");

    public void OnApplied(RunningScheme scheme)
    {
    }
}
