using Damon.Trace.Events;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Worker;

/// <summary>Remembers what listeners have been told about one target, so that only changes are told again.</summary>
internal sealed class DescribedTarget
{
    private readonly ulong _targetId;
    private readonly TargetProcess _process;
    private readonly RefinedMappings _mappings;
    private readonly INamedRanges? _names;
    private readonly Func<string> _checkLabels;
    private readonly Func<string> _remarksOf;
    private readonly TargetFootprint? _footprint;
    private readonly ISnapshotObserver _observer;
    private string? _labelsOfCheck;
    private string? _labelOfNames;
    private string _remarks = "";
    private string _labels = "";
    private bool _described;
    private uint _describedGeneration;

    /// <param name="targetId">Index of the target in its context.</param>
    /// <param name="process">The target.</param>
    /// <param name="mappings">Its mappings as they are described.</param>
    /// <param name="names">What its runtime tells about its memory, or null.</param>
    /// <param name="checkLabels">What must be known of how its accesses become known.</param>
    /// <param name="remarks">What else is to be said of the target, as labels.</param>
    /// <param name="footprint">What memory it holds; null when nobody reads that.</param>
    /// <param name="observer">Where it is told.</param>
    internal DescribedTarget(
        ulong targetId, TargetProcess process, RefinedMappings mappings, INamedRanges? names, Func<string> checkLabels, Func<string> remarks,
        TargetFootprint? footprint, ISnapshotObserver observer)
    {
        _targetId = targetId;
        _process = process;
        _mappings = mappings;
        _names = names;
        _checkLabels = checkLabels;
        _remarksOf = remarks;
        _footprint = footprint;
        _observer = observer;
    }

    /// <summary>What must be known to read this target's numbers.</summary>
    internal string Labels
    {
        get
        {
            string ofCheck = _checkLabels();
            string? ofNames = _names?.Label;
            string remarks = _remarksOf();
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
    internal IReadOnlyList<Mapping> Mappings => _mappings.Mappings;

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
            _observer.OnTarget(_process.ToDescription(_targetId));
        }

        _mappings.Update();
        if (_mappings.Generation == _describedGeneration)
        {
            return;
        }

        _describedGeneration = _mappings.Generation;
        foreach (Mapping mapping in _mappings.Mappings)
        {
            _observer.OnMapping(new MappingDescription(
                _targetId, _mappings.Generation, (uint)_mappings.Mappings.Count, mapping.Start, mapping.End, mapping.Permissions, mapping.Name)
            {
                Label = mapping.Label,
            });
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
