namespace Damon.Trace.Cli.Recording;

/// <summary>Settings for a purpose, under one name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Description">For the help.</param>
/// <param name="CpuBudget">Share of one CPU.</param>
/// <param name="BufferMb">Memory for events that are not written yet.</param>
/// <param name="RotateBytes">Size of a file after which the next one begins.</param>
/// <param name="Keep">Files that stay.</param>
internal sealed record RecordProfile(string Name, string Description, double CpuBudget, int BufferMb, ulong RotateBytes, int Keep)
{
    private static readonly RecordProfile[] s_all =
    [
        new("production", "1% of a CPU, 16 MB of buffers, 24 files of 100 MB", 0.01, 16, 100UL << 20, 24),
        new("background", "the same for 0.1% of a CPU", 0.001, 16, 100UL << 20, 24),
    ];

    internal static string Descriptions { get; } = string.Join("; ", s_all.Select(profile => $"{profile.Name}: {profile.Description}")) + ".";

    /// <summary>The profile of a name; null without one.</summary>
    /// <exception cref="UserErrorException">There is none of that name.</exception>
    internal static RecordProfile? Find(string? name) => name is null
        ? null
        : Array.Find(s_all, profile => profile.Name == name) ?? throw new UserErrorException(
            $"there is no profile '{name}'", $"use {string.Join(" or ", s_all.Select(static profile => profile.Name))}", ExitCode.Usage);
}
