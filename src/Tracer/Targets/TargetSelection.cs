namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// Which processes to monitor, as people name them. What several properties name is taken together. Everything but <see cref="Pids"/> is asked
/// again while monitoring goes on: processes that match later become targets, those that match no longer stop being any.
/// </summary>
public sealed record TargetSelection
{
    /// <summary>Targets at one time beyond which no more are taken, by default; each costs a few files and its share of the regions.</summary>
    public const int DefaultMaxTargets = 256;

    /// <summary>Process ids: all of them must exist.</summary>
    public IReadOnlyList<int> Pids { get; init; } = [];

    /// <summary>Names: the comm of a process (15 bytes), or the name of its program without the folder.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Control groups (version 2) with all below them: a path from the root of the hierarchy, or below where it is mounted.</summary>
    public IReadOnlyList<string> ControlGroups { get; init; } = [];

    /// <summary>systemd units, e.g. <c>redis.service</c>; without a suffix a service is meant.</summary>
    public IReadOnlyList<string> Units { get; init; } = [];

    /// <summary>Users by name or number: processes whose effective user they are.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Files with the ids of processes, separated by white space.</summary>
    public IReadOnlyList<string> PidFiles { get; init; } = [];

    /// <summary>The descendants of every target as well, also those forked later.</summary>
    public bool Children { get; init; }

    /// <summary>
    /// Monitoring goes on when no target is left, and begins again when one comes: a process of <see cref="Pids"/> that has ended is replaced by a
    /// younger one of the same program with the same arguments.
    /// </summary>
    public bool FollowRestarts { get; init; }

    /// <summary>More targets than these at one time are left out, and counted.</summary>
    public int MaxTargets { get; init; } = DefaultMaxTargets;

    /// <summary>Whether targets can come and go.</summary>
    public bool IsFollowed => Children || FollowRestarts || HasMatches;

    /// <summary>Nothing is named.</summary>
    public bool IsEmpty => Pids.Count == 0 && !HasMatches;

    private bool HasMatches => Names.Count + ControlGroups.Count + Units.Count + Users.Count + PidFiles.Count > 0;

    /// <summary>What was named, for people and for the stream: <c>cgroup:/a,user:web,children</c>. No blanks.</summary>
    public override string ToString()
    {
        (string Kind, IReadOnlyList<string> Values)[] named =
            [("name", Names), ("cgroup", ControlGroups), ("unit", Units), ("user", Users), ("pid-file", PidFiles)];
        List<string> parts = [.. named.SelectMany(static part => part.Values.Select(value => $"{part.Kind}:{value}")), .. Pids.Select(static pid => $"pid:{pid}")];
        if (Children)
        {
            parts.Add("children");
        }

        if (FollowRestarts)
        {
            parts.Add("restarts");
        }

        string text = string.Join(',', parts);
        return SafeText.FromUtf8(System.Text.Encoding.UTF8.GetBytes(text)).Replace(' ', '_');
    }
}
