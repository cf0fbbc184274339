using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Worker;

/// <summary>
/// Describes a context before the snapshots that it was sampled with: at start, when its attributes or labels have changed, and when somebody has
/// begun to listen. Used by the worker only; allocates only when it describes.
/// </summary>
internal sealed class DescribedContext(ISnapshotObserver observer, string kdamond, string operations, string accessCheck)
{
    private int _attachCount = -1;
    private ContextAttributes? _attributes;
    private string _labels = "";

    /// <summary>Describes what has changed.</summary>
    /// <param name="attributes">Those in force.</param>
    /// <param name="labels">What must be known to read the numbers.</param>
    /// <param name="isNewListener">Somebody listens who has no description yet of the targets either.</param>
    internal void DescribeIfChanged(in ContextAttributes attributes, string labels, out bool isNewListener)
    {
        int attachCount = observer.AttachCount;
        isNewListener = attachCount != _attachCount;
        if (!isNewListener && _attributes is { } known && known.Equals(attributes) && labels == _labels)
        {
            return;
        }

        (_attachCount, _attributes, _labels) = (attachCount, attributes, labels);
        observer.OnContext(new ContextDescription(attributes, kdamond, operations, accessCheck, labels));
    }
}
