using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Accesses;

/// <summary>Adds up the accesses of a recording by ranges that are known before. Memory depends on the number of stacks, not on its length.</summary>
internal sealed class AccessesPass(ReportSelection selection, Func<ulong, IReadOnlyList<(ulong Start, ulong End)>> rangesOf) : ReportPass(selection)
{
    /// <summary>The function of accesses whose code was not sampled (<c>--rw</c>).</summary>
    internal const string NotSampled = "[not sampled]";

    private readonly SortedDictionary<ulong, Target> _targets = [];
    private readonly Dictionary<StackDescription, NamedStack> _stacks = new(ReferenceEqualityComparer.Instance);

    /// <summary>Targets of which accesses were sampled, by their ids.</summary>
    public IReadOnlyDictionary<ulong, Target> Targets => _targets;

    /// <summary>Stacks below the names of their threads.</summary>
    public FoldedStacks Folded { get; } = new();

    protected override void Take(Snapshot snapshot)
    {
    }

    protected override void Take(in AccessEvent access)
    {
        if (!_targets.TryGetValue(access.TargetId, out Target? target))
        {
            _targets[access.TargetId] = target = new Target(rangesOf(access.TargetId));
        }

        if (access.Kind == AccessEventKind.Sampler)
        {
            target.Sampling.Add(access.Sampler!);
        }
        else if (access.Kind == AccessEventKind.Access)
        {
            AccessRecord record = access.Access;
            NamedStack stack = NameOf(access.Stack);
            var named = new NamedAccess(
                0, record.Address, stack.Function, stack.Module, record.Tid, record.Writes, record.IsKernel == 1, (long)record.Probe, record.Weight,
                stack.Callers);
            string thread = access.Thread ?? target.Threads.GetValueOrDefault(record.Tid, "?");
            target.Threads[record.Tid] = thread;
            target.TallyOf(record.Address).Add(named);
            Folded.Add(thread, named);
        }
    }

    private NamedStack NameOf(StackDescription? stack)
    {
        if (stack is not { Frames: [var first, ..] })
        {
            return NamedStack.None;
        }

        if (!_stacks.TryGetValue(stack, out NamedStack? named))
        {
            _stacks[stack] = named = new NamedStack(first.Function, first.Module, [.. stack.Frames.Skip(1).Select(static frame => frame.Function)]);
        }

        return named;
    }

    private sealed record NamedStack(string Function, string Module, IReadOnlyList<string> Callers)
    {
        internal static readonly NamedStack None = new(NotSampled, "", []);
    }

    /// <summary>The accesses of one target.</summary>
    internal sealed class Target(IReadOnlyList<(ulong Start, ulong End)> ranges)
    {
        // The widest operand of the instructions that are decoded: one may begin before a range and reach into it.
        private const ulong Reach = 8;

        /// <summary>A tally for each range, and one for the rest.</summary>
        public IReadOnlyList<AccessesTally> Tallies { get; } = [.. Enumerable.Range(0, ranges.Count + 1).Select(static _ => new AccessesTally())];

        public IReadOnlyList<(ulong Start, ulong End)> Ranges => ranges;

        public Dictionary<int, string> Threads { get; } = [];

        public SamplingSum Sampling { get; } = new();

        internal AccessesTally TallyOf(ulong address)
        {
            for (int i = 0; i < ranges.Count; i++)
            {
                if (address < ranges[i].End && address + Reach > ranges[i].Start)
                {
                    return Tallies[i];
                }
            }

            return Tallies[^1];
        }
    }
}
