using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// What only a question for each page tells: whether it was accessed since it was asked or sampled before, and on which memory node it is.
/// Bounded by <see cref="MaxPages"/>: 0.05 to 0.3 us a page, 0.3 to 4.6 us where an accessed one has to be made old; no allocations in a
/// steady state.
/// </summary>
internal sealed class PageFacts
{
    /// <summary>Most pages of one question.</summary>
    internal const int MaxPages = 512;

    private readonly ulong[] _facts = new ulong[MaxPages];
    private readonly AccessState[] _states = new AccessState[MaxPages];
    private readonly int[] _nodes = new int[MaxPages];
    private readonly List<AddressRange> _taken = [];
    private ActedProcess? _process;
    private IYoungPages? _young;
    private int? _node;

    /// <summary>Pages that were accessed and are made old now, ascending: who else follows them would miss it.</summary>
    internal ReadOnlySpan<AddressRange> TakenYoung => CollectionsMarshal.AsSpan(_taken);

    /// <summary>Whom the next questions are about.</summary>
    /// <param name="process">Whose pages.</param>
    /// <param name="young">Who knows whether they are young; null when that is not asked.</param>
    /// <param name="node">The memory node that is asked for; null for none.</param>
    internal void AskAbout(ActedProcess process, IYoungPages? young, int? node)
    {
        (_process, _young, _node) = (process, young, node);
        _taken.Clear();
    }

    /// <summary>
    /// <see cref="PageRules.Young"/> and <see cref="PageRules.OnTargetNode"/> of each page; a page that cannot be asked whether it is young
    /// counts as young.
    /// </summary>
    /// <param name="pages">Addresses, ascending, one a page, at most <see cref="MaxPages"/>.</param>
    /// <param name="sizes">Their sizes in bytes.</param>
    internal ReadOnlySpan<ulong> Of(ReadOnlySpan<ulong> pages, ReadOnlySpan<ulong> sizes)
    {
        Span<ulong> facts = _facts.AsSpan(0, pages.Length);
        facts.Clear();
        if (_node is int node)
        {
            Span<int> nodes = _nodes.AsSpan(0, pages.Length);
            nodes.Fill(-Errno.ENOENT);
            _ = _process!.FindNodes(pages, nodes);
            for (int i = 0; i < nodes.Length; i++)
            {
                facts[i] |= nodes[i] == node ? PageRules.OnTargetNode : 0;
            }
        }

        if (_young is not null)
        {
            Span<AccessState> states = _states.AsSpan(0, pages.Length);
            _young.TakeYoung(pages, states);
            for (int i = 0; i < states.Length; i++)
            {
                facts[i] |= states[i] is AccessState.NotAccessed or AccessState.SweptNotAccessed or AccessState.NotPresent ? 0 : PageRules.Young;
                if (states[i] == AccessState.Accessed)
                {
                    _taken.Add(new AddressRange(pages[i], pages[i] + sizes[i]));
                }
            }
        }

        return facts;
    }
}
