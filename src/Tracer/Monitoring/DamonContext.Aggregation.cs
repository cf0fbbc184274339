namespace Damon.Trace.Tracer.Monitoring;

/// <content>The end of an aggregation, in the kernel's order: merge and age, apply schemes, tune the intervals, emit, reset, split.</content>
public sealed partial class DamonContext
{
    private void FinishAggregation()
    {
        foreach (DamonTarget target in _targets)
        {
            target.Conclude();
        }

        MergeRegions(Schemes?.Elapse() ?? (long)Attributes.AggrUs * 1_000);
        ApplySchemes();
        _isEmitting = true;
        try
        {
            if (Attributes.IntervalsGoal is { Aggrs: > 0 } goal && --_aggregationsUntilTuning == 0)
            {
                _aggregationsUntilTuning = goal.Aggrs;
                TuneIntervals(goal);
            }

            EmitAndReset();
        }
        finally
        {
            _isEmitting = false;
        }

        NrAggregations++;
        WindowAttributes = Attributes;
        _nextAggregation = PassedSampleIntervals + Attributes.MaxNrAccesses;
        SplitRegions();
        foreach (DamonTarget target in _targets)
        {
            target.OnRegionsChanged();
        }
    }

    /// <summary>Lets the schemes that are due act; what they call must not call back.</summary>
    private void ApplySchemes()
    {
        if (Schemes is null || Schemes.Schemes.Count == 0)
        {
            return;
        }

        _isEmitting = true;
        try
        {
            if (Schemes.Apply(_targets, PassedSampleIntervals, Attributes, SizeLimit()))
            {
                foreach (DamonTarget target in _targets)
                {
                    target.OnRegionsChanged();
                    target.CheckInvariants(_minRegionSize);
                }
            }
        }
        finally
        {
            _isEmitting = false;
        }
    }

    /// <summary>Ages the regions once, then merges with a growing threshold until there are no more than max_nr_regions.</summary>
    private void MergeRegions(long elapsedNs)
    {
        uint threshold = LargestNrAccesses() / 10;
        foreach (DamonTarget target in _targets)
        {
            RegionAge.Update(target.RegionArray.AsSpan(), threshold, elapsedNs);
        }

        ulong sizeLimit = SizeLimit();
        uint maxNrAccesses = Attributes.MaxNrAccesses;
        MergePass(threshold, sizeLimit);
        while (NrRegions() > Attributes.MaxNrRegions && threshold < maxNrAccesses)
        {
            threshold = RegionMerge.NextThreshold(threshold, maxNrAccesses);
            MergePass(threshold, sizeLimit);
        }
    }

    /// <summary>One pass over all targets. Regions that are mappings are spared unless there are too many.</summary>
    private void MergePass(uint threshold, ulong sizeLimit)
    {
        bool isTooMany = NrRegions() > Attributes.MaxNrRegions;
        foreach (DamonTarget target in _targets)
        {
            if (target.IsMappingGranular && !isTooMany)
            {
                continue;
            }

            ulong before = target.RegionArray.TotalSize();
            RegionMerge.Pass(target.RegionArray, threshold, sizeLimit);
            RegionInvariants.CheckSizeKept(before, target.RegionArray.TotalSize());
            target.CheckInvariants(_minRegionSize);
        }
    }

    private void TuneIntervals(IntervalsGoal goal)
    {
        UInt128 observed = 0;
        UInt128 possible = 0;
        foreach (DamonTarget target in _targets)
        {
            foreach (ref readonly DamonRegion region in target.Regions)
            {
                observed += (UInt128)region.Size * region.NrAccesses;
                possible += (UInt128)region.Size * Attributes.MaxNrAccesses;
            }
        }

        ulong score = IntervalsTuning.Score(observed, possible, goal.AccessBp);
        ulong sampleUs = IntervalsTuning.NextSampleUs(Attributes.EffectiveSampleUs, score, goal);
        if (sampleUs == Attributes.EffectiveSampleUs)
        {
            return;
        }

        DamonAttributes old = Attributes;
        ReplaceAttributes(old with { SampleUs = sampleUs, AggrUs = sampleUs * old.MaxNrAccesses });
        foreach (DamonTarget target in _targets)
        {
            ResultsConversion.ConvertFinished(target.RegionArray.AsSpan(), old, Attributes);
        }

        Schemes?.Schedule(PassedSampleIntervals, Attributes);
        _observer.OnIntervalsTuned(sampleUs);
    }

    private void EmitAndReset()
    {
        foreach (DamonTarget target in _targets)
        {
            if (target.RegionArray.Count > 0)
            {
                _observer.OnAggregated(target, target.Regions);
            }

            target.ResetAggregated();
        }
    }

    private void SplitRegions()
    {
        long nrRegions = NrRegions();
        foreach (DamonTarget target in _targets)
        {
            nrRegions += target.Explore(nrRegions, Attributes, _minRegionSize);
        }

        long islands = Math.Min(NrFurtherIslands(), Attributes.MaxNrRegions);
        int pieces = RegionSplit.Pieces(nrRegions - islands, _lastNrRegions - islands, (uint)(Attributes.MaxNrRegions - islands));
        if (pieces == 1)
        {
            return; // the kernel does not remember the number in this case either
        }

        _lastNrRegions = nrRegions;
        long picks = (Attributes.MaxNrRegions - nrRegions) / (pieces - 1);
        bool isRoomForAll = picks >= nrRegions;
        (long, long) choose = (picks, isRoomForAll ? 0 : NrLargeEnough());
        foreach (DamonTarget target in _targets)
        {
            if (target.IsMappingGranular)
            {
                continue;
            }

            ulong before = target.RegionArray.TotalSize();
            if (isRoomForAll)
            {
                RegionSplit.Split(target.RegionArray, pieces, _minRegionSize, _random);
            }
            else
            {
                RegionSplit.SplitChosen(target.RegionArray, pieces, _minRegionSize, _random, ref choose);
            }

            RegionInvariants.CheckSizeKept(before, target.RegionArray.TotalSize());
            target.CheckInvariants(_minRegionSize);
        }
    }

    private long NrFurtherIslands()
    {
        long islands = 0;
        foreach (DamonTarget target in _targets)
        {
            islands += RegionSplit.NrFurtherIslands(target.Regions);
        }

        return islands;
    }

    private long NrLargeEnough()
    {
        long count = 0;
        foreach (DamonTarget target in _targets)
        {
            if (target.IsMappingGranular)
            {
                continue;
            }

            foreach (ref readonly DamonRegion region in target.Regions)
            {
                count += RegionSplit.IsLargeEnough(region, _minRegionSize) ? 1 : 0;
            }
        }

        return count;
    }

    private uint LargestNrAccesses()
    {
        uint largest = 0;
        foreach (DamonTarget target in _targets)
        {
            foreach (ref readonly DamonRegion region in target.Regions)
            {
                largest = Math.Max(largest, region.NrAccesses);
            }
        }

        return largest;
    }
}
