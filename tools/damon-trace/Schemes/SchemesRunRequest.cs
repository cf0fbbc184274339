namespace Damon.Trace.Cli.Schemes;

/// <summary>What <c>run</c> was asked for.</summary>
internal sealed record SchemesRunRequest
{
    internal required IReadOnlyList<int> Pids { get; init; }

    internal required string Path { get; init; }

    internal bool DryRun { get; init; }

    internal bool Yes { get; init; }

    internal TimeSpan? Duration { get; init; }

    internal required string AccessCheck { get; init; }
}
