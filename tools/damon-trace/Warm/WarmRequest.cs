namespace Damon.Trace.Cli.Warm;

/// <summary>What <c>warm</c> was asked to do, in plain values.</summary>
internal sealed record WarmRequest
{
    internal required string Path { get; init; }

    /// <summary>Most bytes that are loaded; null for all.</summary>
    internal ulong? LimitBytes { get; init; }

    internal bool DryRun { get; init; }

    internal bool AllowChanged { get; init; }

    /// <summary>The folder that the paths begin with.</summary>
    internal string Root { get; init; } = "/";
}
