using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>Asks a target, or its files, what it keeps where. From any thread: who is asked for several targets is asked once.</summary>
internal interface INameSource
{
    /// <summary>As <c>--names</c> calls it.</summary>
    string Kind { get; }

    /// <summary>Whether it has anything to say about a process: a server of this kind, a runtime of that kind.</summary>
    bool Knows(IReadOnlyList<Mapping> mappings);

    /// <summary>What is where now: sorted and disjoint.</summary>
    /// <param name="process">The target.</param>
    /// <param name="mappings">Its mappings of now.</param>
    /// <param name="cpuNs">CPU time that other programs took for it, in nanoseconds.</param>
    /// <exception cref="UserErrorException">It cannot be asked.</exception>
    IReadOnlyList<NamedRange> Read(TargetProcess process, IReadOnlyList<Mapping> mappings, out long cpuNs);
}
