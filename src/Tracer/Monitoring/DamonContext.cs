using System.Numerics;
using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// DAMON's algorithm over any number of targets (struct damon_ctx and kdamond_fn, mm/damon/core.c, newest semantics). It has no clock:
/// the kdamond calls <see cref="PrepareAccessChecks"/>, sleeps one sampling interval, calls <see cref="CheckAccesses"/>, and so on; time
/// is counted in passed sampling intervals, so an aggregation always has all its checks and may last longer than its nominal interval.
/// <code>
/// Start
/// repeat: PrepareAccessChecks   choose an address in every region, make its page old
///         (sleep)
///         CheckAccesses         count; when an aggregation is over: merge and age, tune the intervals, emit, reset, split;
///                               when a regions update is due: adapt the regions to the mappings
/// </code>
/// Schemes are applied after every check that makes one due, at the end of an aggregation between merging and emitting.
/// One thread at a time; observers must not call back into the context.
/// </summary>
public sealed partial class DamonContext
{
    private readonly IRandomSource _random;
    private readonly IAggregationObserver _observer;
    private readonly ulong _minRegionSize;
    private readonly TargetRegions _targetRegions;
    private readonly List<DamonTarget> _targets = [];
    private ulong _nextTargetId;
    private ulong _nextAggregation;
    private ulong _nextRegionsUpdate;
    private uint _aggregationsUntilTuning;
    private long _lastNrRegions;
    private bool _isStarted;
    private bool _isEmitting;

    /// <param name="attributes">Intervals and bounds; must be valid.</param>
    /// <param name="random">Chooses sampling addresses and split points.</param>
    /// <param name="observer">Receives every aggregation.</param>
    /// <param name="minRegionSize">Smallest region and alignment of all, in bytes, a power of two: usually the page size.</param>
    public DamonContext(DamonAttributes attributes, IRandomSource random, IAggregationObserver observer, ulong minRegionSize)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(observer);
        attributes.ThrowIfInvalid(nameof(attributes));
        if (!BitOperations.IsPow2(minRegionSize))
        {
            throw new ArgumentException($"smallest region size {minRegionSize} is not a power of two", nameof(minRegionSize));
        }

        Attributes = attributes;
        WindowAttributes = attributes;
        _random = random;
        _observer = observer;
        _minRegionSize = minRegionSize;
        _targetRegions = new TargetRegions(minRegionSize);
    }

    /// <summary>The attributes in force.</summary>
    public DamonAttributes Attributes { get; private set; }

    /// <summary>
    /// The attributes the current aggregation was sampled with. They differ from <see cref="Attributes"/> only while an aggregation is
    /// emitted at whose end the intervals were tuned: its nr_accesses and age are then expressed in the new attributes already, as the
    /// kernel does.
    /// </summary>
    public DamonAttributes WindowAttributes { get; private set; }

    /// <summary>What is done to regions, beside monitoring them; null for nothing. To be set before the start.</summary>
    public SchemeEngine? Schemes { get; init; }

    /// <summary>The targets in the order of adding.</summary>
    public IReadOnlyList<DamonTarget> Targets => _targets;

    /// <summary>Sampling intervals passed since the start: the algorithm's clock.</summary>
    public ulong PassedSampleIntervals { get; private set; }

    /// <summary>Aggregations finished since the start.</summary>
    public ulong NrAggregations { get; private set; }

    /// <summary>Adds a target whose regions follow the mappings of an address space. Possible while running, too.</summary>
    public DamonTarget AddTarget(IAddressSpace addressSpace, IAccessCheck accessCheck)
    {
        ArgumentNullException.ThrowIfNull(addressSpace);
        ArgumentNullException.ThrowIfNull(accessCheck);
        ThrowIfEmitting();
        return Add(new DamonTarget { TargetId = _nextTargetId++, AddressSpace = addressSpace, AccessCheck = accessCheck });
    }

    /// <summary>Adds a target whose regions are the given ranges and never updated (fixed or physical addresses).</summary>
    /// <param name="ranges">Sorted, disjoint and not empty; kept as given, except that large ones are cut for min_nr_regions.</param>
    /// <param name="accessCheck">How accesses are known.</param>
    public DamonTarget AddTarget(ReadOnlySpan<AddressRange> ranges, IAccessCheck accessCheck)
    {
        ArgumentNullException.ThrowIfNull(accessCheck);
        ThrowIfEmitting();
        ulong end = 0;
        foreach (AddressRange range in ranges)
        {
            if (range.Start >= range.End || range.Start < end)
            {
                throw new ArgumentException($"range {range.Start}-{range.End} is empty, unsorted or overlaps the one before", nameof(ranges));
            }

            end = range.End;
        }

        DamonTarget target = new() { TargetId = _nextTargetId++, AccessCheck = accessCheck };
        target.RegionArray.Set(ranges);
        return Add(target);
    }

    /// <summary>Removes a target, for example because its process exited. Its access check is left to the caller.</summary>
    /// <returns>False when it is not a target of this context.</returns>
    public bool RemoveTarget(DamonTarget target)
    {
        ThrowIfEmitting();
        return _targets.Remove(target);
    }

    /// <summary>Gives all targets their initial regions. A target whose mappings cannot be read has none until an update succeeds.</summary>
    public void Start()
    {
        if (_isStarted)
        {
            throw new InvalidOperationException("The context was started before.");
        }

        _isStarted = true;
        _nextAggregation = Attributes.MaxNrAccesses;
        _nextRegionsUpdate = Attributes.UpdateSamples;
        _aggregationsUntilTuning = Attributes.IntervalsGoal?.Aggrs ?? 0;
        Schemes?.Schedule(PassedSampleIntervals, Attributes);
        Schemes?.BeginClock();
        UpdateRegions();
    }

    /// <summary>Chooses one address in every region, and extra ones, and makes their pages old.</summary>
    public void PrepareAccessChecks()
    {
        double perByte = ExtraSamplesPerByte();
        foreach (DamonTarget target in _targets)
        {
            double extra = perByte > 0 ? perByte * target.PopulatedBytes : Attributes.ExtraSamples / (double)_targets.Count;
            target.PrepareAccessChecks(_random, Attributes, extra, _minRegionSize);
        }
    }

    /// <summary>One sampling interval after <see cref="PrepareAccessChecks"/>: counts accesses and does everything that is due.</summary>
    public void CheckAccesses()
    {
        ThrowIfEmitting();
        if (!_isStarted)
        {
            throw new InvalidOperationException("The context was not started.");
        }

        PassedSampleIntervals++;
        foreach (DamonTarget target in _targets)
        {
            target.CheckAccesses();
        }

        if (PassedSampleIntervals >= _nextAggregation)
        {
            FinishAggregation();
        }
        else
        {
            ApplySchemes();
        }

        if (PassedSampleIntervals >= _nextRegionsUpdate)
        {
            _nextRegionsUpdate = PassedSampleIntervals + Attributes.UpdateSamples;
            UpdateRegions();
        }
    }

    /// <summary>
    /// Changes the attributes while running. New sampling or aggregation intervals drop what the current aggregation has counted, begin a
    /// new one, and convert ages and the last aggregation; other changes leave it alone. A regions update is never put off.
    /// </summary>
    public void SetAttributes(DamonAttributes attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        attributes.ThrowIfInvalid(nameof(attributes));
        ThrowIfEmitting();
        DamonAttributes old = Attributes;
        ReplaceAttributes(attributes);
        WindowAttributes = attributes;
        if (attributes.IntervalsGoal != old.IntervalsGoal)
        {
            _aggregationsUntilTuning = attributes.IntervalsGoal?.Aggrs ?? 0;
        }

        if (attributes.SampleUs == old.SampleUs && attributes.AggrUs == old.AggrUs)
        {
            return;
        }

        foreach (DamonTarget target in _targets)
        {
            ResultsConversion.ConvertUnfinished(target.RegionArray.AsSpan(), old, attributes);
            target.ResetCounters();
        }

        _nextAggregation = PassedSampleIntervals + attributes.MaxNrAccesses;
        Schemes?.Schedule(PassedSampleIntervals, attributes);
    }

    /// <summary>Lets the regions follow the mappings at the next check instead of when the next update is due: the target has grown.</summary>
    public void RequestRegionsUpdate() => _nextRegionsUpdate = PassedSampleIntervals;

    private double ExtraSamplesPerByte()
    {
        ulong populated = 0;
        foreach (DamonTarget target in _targets)
        {
            populated += target.PopulatedBytes;
        }

        return populated > 0 ? (double)Attributes.ExtraSamples / populated : 0;
    }

    private DamonTarget Add(DamonTarget target)
    {
        _targets.Add(target);
        if (_isStarted)
        {
            if (_targets.Count == 1)
            {
                Schemes?.BeginClock();
            }

            _targetRegions.Update(target, Attributes.MaxNrRegions);
            _targetRegions.ApplyMinNrRegions(target, SizeLimit());
            target.OnRegionsChanged();
        }

        return target;
    }

    /// <summary>Takes new attributes over; a pending regions update keeps its time, or comes earlier if updates are more frequent now.</summary>
    private void ReplaceAttributes(DamonAttributes attributes)
    {
        ulong remaining = Math.Max(_nextRegionsUpdate, PassedSampleIntervals) - PassedSampleIntervals;
        ulong converted = DamonArithmetic.MultiplyDivide(remaining, Attributes.EffectiveSampleUs, attributes.EffectiveSampleUs);
        _nextRegionsUpdate = PassedSampleIntervals + Math.Min(converted, attributes.UpdateSamples);
        Attributes = attributes;
    }

    private void UpdateRegions()
    {
        foreach (DamonTarget target in _targets)
        {
            _targetRegions.Update(target, Attributes.MaxNrRegions);
        }

        ulong sizeLimit = SizeLimit();
        foreach (DamonTarget target in _targets)
        {
            _targetRegions.ApplyMinNrRegions(target, sizeLimit);
            target.OnRegionsChanged();
        }
    }

    private ulong SizeLimit()
    {
        ulong totalSize = 0;
        foreach (DamonTarget target in _targets)
        {
            totalSize += target.RegionArray.TotalSize();
        }

        return RegionSizeLimit.Of(totalSize, Attributes.MinNrRegions, _minRegionSize);
    }

    private long NrRegions()
    {
        long nrRegions = 0;
        foreach (DamonTarget target in _targets)
        {
            nrRegions += target.RegionArray.Count;
        }

        return nrRegions;
    }

    private void ThrowIfEmitting()
    {
        if (_isEmitting)
        {
            throw new InvalidOperationException("An observer must not call back into its context.");
        }
    }
}
