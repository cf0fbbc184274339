using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>Remembers what listeners have been told about one target, so that only changes are told again.</summary>
internal sealed class DescribedTarget
{
    private readonly ulong _targetId;
    private readonly MonitoredTarget _monitored;
    private readonly TargetFootprint? _footprint;
    private readonly ISnapshotObserver _observer;
    private string? _labelsOfCheck;
    private string? _labelOfNames;
    private string _remarks = "";
    private string _labels = "";
    private bool _described;
    private uint _describedGeneration;

    internal DescribedTarget(ulong targetId, MonitoredTarget monitored, TargetFootprint? footprint, ISnapshotObserver observer)
    {
        _targetId = targetId;
        _monitored = monitored;
        _footprint = footprint;
        _observer = observer;
    }

    /// <summary>What must be known to read this target's numbers.</summary>
    internal string Labels
    {
        get
        {
            string ofCheck = _monitored.AccessCheck.Labels;
            string? ofNames = _monitored.Names?.Label;
            string remarks = _monitored.Remarks;
            if (ofCheck != _labelsOfCheck || ofNames != _labelOfNames || remarks != _remarks)
            {
                (_labelsOfCheck, _labelOfNames, _remarks) = (ofCheck, ofNames, remarks);
                _labels = string.Join(' ', new[] { ofCheck, ofNames, remarks }.Where(label => !string.IsNullOrEmpty(label)));
            }

            return _labels;
        }
    }

    /// <summary>Generation of <see cref="Mappings"/> that was told last; 0 when none was.</summary>
    internal uint DescribedGeneration => _describedGeneration;

    /// <summary>The mappings of <see cref="DescribedGeneration"/>.</summary>
    internal IReadOnlyList<Mapping> Mappings => _monitored.Mappings.Mappings;

    /// <summary>Tell everything again: someone new is listening.</summary>
    internal void Forget()
    {
        _described = false;
        _describedGeneration = 0;
    }

    internal void DescribeIfChanged()
    {
        if (!_described)
        {
            _described = true;
            _observer.OnTarget(_monitored.Process.ToDescription(_targetId));
        }

        RefinedMappings refined = _monitored.Mappings;
        refined.Update();
        if (refined.Generation == _describedGeneration)
        {
            return;
        }

        _describedGeneration = refined.Generation;
        foreach (Mapping mapping in refined.Mappings)
        {
            _observer.OnMapping(new MappingDescription(
                _targetId, refined.Generation, (uint)refined.Mappings.Count, mapping.Start, mapping.End, mapping.Permissions, mapping.Name));
        }
    }

    /// <summary>Tells the footprint when there is a new one. Runs after each snapshot and does next to nothing otherwise.</summary>
    internal void TellFootprint()
    {
        if (_footprint is not null && _footprint.TryTake(out Footprint footprint))
        {
            _observer.OnFootprint(footprint);
        }
    }
}
