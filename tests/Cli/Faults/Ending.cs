using System.Text.RegularExpressions;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>What every end has to be like, whatever the fault was.</summary>
internal static partial class Ending
{
    private static readonly int[] s_documented =
        [ExitCode.Ok, ExitCode.TargetGone, ExitCode.Usage, ExitCode.NoAccessCheck, ExitCode.OutputFailed, ExitCode.BadInput];

    /// <summary>A documented exit code, a line and a hint for a failure, never a stack. Where the runtime cannot begin none of our code runs.</summary>
    /// <returns>In a few words, for the table.</returns>
    internal static string Check(CommandRun run, string fault)
    {
        if (!HasBegun(run))
        {
            return "the runtime does not begin";
        }

        Assert.True(s_documented.Contains(run.ExitCode), $"{fault}: exit code {run.ExitCode}: {run.Error}");
        Assert.False(Stack().IsMatch(run.Error), $"{fault}: {run.Error}");
        Assert.True(run.ExitCode == ExitCode.Ok || run.Error.Contains("\nhint: ", StringComparison.Ordinal), $"{fault}: no hint: {run.Error}");
        return $"exit code {run.ExitCode}";
    }

    /// <summary>The files of a folder are these, and no others.</summary>
    internal static void CheckLeft(string folder, string fault, params string[] may)
    {
        string[] left = [.. Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)!).Except(may)];
        Assert.True(left.Length == 0, $"{fault} leaves {string.Join(", ", left)}");
    }

    /// <summary>The target goes on: no thread of it is stopped, and nobody traces it.</summary>
    internal static void CheckRunning(int pid, string fault)
    {
        foreach (string task in Directory.GetDirectories($"/proc/{pid}/task"))
        {
            string status;
            try
            {
                status = File.ReadAllText(Path.Combine(task, "status"));
            }
            catch (IOException)
            {
                // A thread that has just ended.
                continue;
            }

            Assert.False(Stopped().IsMatch(status), $"{fault} leaves thread {Path.GetFileName(task)} stopped");
            Assert.True(status.Contains("TracerPid:\t0\n", StringComparison.Ordinal), $"{fault} leaves thread {Path.GetFileName(task)} traced");
        }
    }

    /// <summary>A recording, whole or broken off: all snapshots but the last are complete, and none is there twice.</summary>
    /// <returns>Its number of snapshots.</returns>
    internal static int CheckReadable(string path, string fault, bool whole)
    {
        RecordedSnapshots recorded = RecordedSnapshots.Read(path);
        IEnumerable<RecordedSnapshot> complete = whole ? recorded.Snapshots : recorded.Snapshots.SkipLast(1);
        Assert.True(complete.All(static snapshot => snapshot.Complete), $"{fault}: {path} has an incomplete snapshot");
        long[] times = [.. recorded.Snapshots.Select(Time)];
        Assert.True(times.Distinct().Order().SequenceEqual(times), $"{fault}: {path} has a snapshot twice or out of order");
        Assert.True(!whole || recorded.End!.Truncation is null, $"{fault}: {path} breaks off: {recorded.End!.Truncation}");
        return recorded.Snapshots.Count;
    }

    /// <summary>When it begins; its first event where the format, such as text, does not tell.</summary>
    private static long Time(RecordedSnapshot snapshot) => snapshot.BeginNs != 0 ? snapshot.BeginNs : snapshot.Regions[0].TimestampNs;

    /// <summary>Said by the host, the loader or the runtime, before the first line of any program.</summary>
    private static bool HasBegun(CommandRun run) =>
        !(run.ExitCode is 126 or 127 or >= 131 && RuntimeFailure().IsMatch(run.Error)) && run.ExitCode != 139 && !IsSilent(run);

    /// <summary>A program that is compiled ahead of time says nothing where its runtime has no thread to begin with.</summary>
    private static bool IsSilent(CommandRun run) => Repository.OtherProgram is not null && run.ExitCode == 255 && run.Error.Length == 0;

    [GeneratedRegex(@"^\s+at \w", RegexOptions.Multiline)]
    private static partial Regex Stack();

    [GeneratedRegex(@"^State:\s+[Tt]", RegexOptions.Multiline)]
    private static partial Regex Stopped();

    [GeneratedRegex(@"Failed to|must install .NET|GC heap initialization|Out of memory|annot allocate|loading shared libraries|set up thread-local|futex facility|Fatal error|PosixSignalRegistration|COMException|Could not load file|fork: ", RegexOptions.IgnoreCase)]
    private static partial Regex RuntimeFailure();
}
