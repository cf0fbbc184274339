using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>What <c>snapshot</c> was asked to do, in plain values.</summary>
internal sealed record SnapshotRequest
{
    /// <summary>The process, or several as one service.</summary>
    internal required TargetSelection Targets { get; init; }

    /// <summary>Ascending, one or more.</summary>
    internal required IReadOnlyList<TimeSpan> Windows { get; init; }

    /// <summary>Only these addresses; null for all.</summary>
    internal AddressRange? Range { get; init; }

    /// <summary>Only mappings of this name; null for all.</summary>
    internal string? Mapping { get; init; }

    /// <summary>What is asked of the target beyond its mappings, see <see cref="Names.NameKinds"/>.</summary>
    internal IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The file to write; null for none.</summary>
    internal SnapshotOutput? Output { get; init; }

    internal required int Count { get; init; }

    internal bool Json { get; init; }
}
