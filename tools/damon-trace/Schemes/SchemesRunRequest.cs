using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Schemes;

/// <summary>What <c>run</c> was asked for.</summary>
internal sealed record SchemesRunRequest
{
    internal required TargetSelection Targets { get; init; }

    internal required string Path { get; init; }

    internal bool DryRun { get; init; }

    internal bool Yes { get; init; }

    /// <summary>The kernel's DAMON applies the schemes.</summary>
    internal bool Kernel { get; init; }

    internal TimeSpan? Duration { get; init; }

    /// <summary>Share of the processes' time that looking at them may cost.</summary>
    internal required double TargetBudget { get; init; }

    internal required string AccessCheck { get; init; }
}
