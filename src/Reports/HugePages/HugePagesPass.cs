using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.HugePages;

/// <summary>
/// Counts how often each small page of memory was seen accessed, and keeps which memory is mapped by huge pages, the latest known. Some 50 bytes
/// for each page that was seen.
/// </summary>
internal sealed class HugePagesPass(ReportSelection selection) : ReportPass(selection)
{
    internal const int SubpageBytes = 4096;

    private const int MaxSplit = 10_000;

    private readonly SortedDictionary<ulong, Target> _targets = [];

    /// <summary>Targets of which accesses were sampled, by their ids.</summary>
    public IReadOnlyDictionary<ulong, Target> Targets => _targets;

    /// <summary>False for reports that have more to say.</summary>
    protected override bool NeedsSnapshots => false;

    protected override void Take(Snapshot snapshot)
    {
    }

    protected override void Take(in AccessEvent access) => Add(in access);

    /// <summary>Adds an event of any kind.</summary>
    internal void Add(in AccessEvent access)
    {
        if (!_targets.TryGetValue(access.TargetId, out Target? target))
        {
            _targets[access.TargetId] = target = new Target();
        }

        switch (access.Kind)
        {
            case AccessEventKind.Sampler:
                target.Sampler = access.Sampler;
                break;
            case AccessEventKind.HugePages:
                target.Runs = access.Runs!;
                target.IsCut |= access.HugePages.IsCut != 0;
                break;
            case AccessEventKind.SplitPages:
                target.Add(access.Split, access.Pages!);
                break;
            default:
                target.Add(access.Access);
                break;
        }
    }

    /// <summary>What is known of one target.</summary>
    internal sealed class Target
    {
        private readonly Dictionary<ulong, int> _seen = [];
        private ulong _probe;
        private ulong _page;

        /// <summary>Null where nobody could be asked.</summary>
        public IReadOnlyList<HugePageRun>? Runs { get; set; }

        public bool IsCut { get; set; }

        public AccessSamplerState? Sampler { get; set; }

        /// <summary>Huge pages that were split for a while, the latest.</summary>
        public Queue<(SplitHugePage Page, ulong WindowNs)> Split { get; } = [];

        /// <summary>Number of looks that saw each small page accessed, by its number.</summary>
        public IReadOnlyDictionary<ulong, int> Seen => _seen;

        internal void Add(in SplitHugePages split, IReadOnlyList<SplitHugePage> pages)
        {
            foreach (SplitHugePage page in pages)
            {
                if (Split.Count == MaxSplit)
                {
                    Split.Dequeue();
                }

                Split.Enqueue((page, split.WindowNs));
            }
        }

        /// <summary>What one look sees several times is one draw.</summary>
        internal void Add(in AccessRecord access)
        {
            ulong page = access.Address / SubpageBytes;
            if (access.Probe != _probe || page != _page)
            {
                (_probe, _page) = (access.Probe, page);
                _seen[page] = _seen.GetValueOrDefault(page) + 1;
            }
        }
    }
}
