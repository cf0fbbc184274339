using System.Diagnostics;
using Damon.Trace.Cli.Input;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Cli.Warm;

/// <summary>One run of <c>warm</c>.</summary>
internal static class WarmRun
{
    /// <exception cref="InputException">The working set cannot be read, or nothing of it can be loaded.</exception>
    internal static int Run(WarmRequest request, TextWriter output, TextWriter error, CancellationToken cancellation)
    {
        WorkingSetDocument document = WorkingSetInput.Read(request.Path);
        CheckPages(document, request.Path);
        var clock = Stopwatch.StartNew();
        List<WarmedFile> files = [];
        ulong left = request.LimitBytes ?? ulong.MaxValue;
        for (int i = 0; i < document.Files.Count; i++)
        {
            IReadOnlyList<(ulong Start, ulong End)> ranges = document.RangesOf(i);
            if (ranges.Count > 0)
            {
                WarmedFile file = Warm(document.Files[i], ranges, left, request, cancellation);
                left -= file.ChosenBytes;
                files.Add(file);
            }
        }

        if (files.Count == 0)
        {
            throw new InputException(
                $"'{request.Path}' has no touched page of a file that could be opened",
                "anonymous memory cannot be loaded; take the snapshot over a longer window");
        }

        WarmText.Write(document, files, request, clock.Elapsed, output);
        return Conclude(files, request, error);
    }

    private static void CheckPages(WorkingSetDocument document, string path)
    {
        if (document.PageBytes != (ulong)Environment.SystemPageSize)
        {
            throw new InputException(
                $"'{path}' counts in pages of {document.PageBytes} bytes, this machine's have {Environment.SystemPageSize}",
                "take the snapshot on a machine of this kind");
        }
    }

    private static WarmedFile Warm(
        WorkingSetFile before, IReadOnlyList<(ulong Start, ulong End)> ranges, ulong limit, WarmRequest request, CancellationToken cancellation)
    {
        ulong wanted = BytesOf(ranges);
        FileStream stream;
        try
        {
            stream = FileIdentity.Open(Path.Join(request.Root, before.Path));
        }
        catch (FileNotFoundException missing)
        {
            return new WarmedFile(before.Path, $"missing: {missing.Message}", wanted, 0);
        }

        FileState state = FileIdentity.Compare(before, stream);
        if (stream.Length == 0 || (state == FileState.Changed && !request.AllowChanged))
        {
            string why = stream.Length == before.SizeBytes ? "changed: modified since" : $"changed: {stream.Length} bytes, were {before.SizeBytes}";
            stream.Dispose();
            return new WarmedFile(before.Path, why, wanted, 0);
        }

        bool tells = PageCacheFile.TellsTheTruth(stream);
        using var file = new PageCacheFile(stream);
        IReadOnlyList<(ulong Start, ulong End)> inFile = Cut(ranges, file.Length, ulong.MaxValue);
        IReadOnlyList<(ulong Start, ulong End)> chosen = Cut(inFile, file.Length, limit);
        ulong? residentBefore = tells ? file.ResidentIn(chosen) : null;
        if (!request.DryRun)
        {
            file.Load(chosen, all: !tells, cancellation);
        }

        string outcome = BytesOf(chosen) < BytesOf(inFile) ? "over the limit" : state == FileState.Changed ? "changed, loaded" : "";
        return new WarmedFile(before.Path, outcome, wanted, BytesOf(chosen))
        {
            ResidentBefore = residentBefore,
            ResidentAfter = !tells || request.DryRun ? residentBefore : file.ResidentIn(chosen),
        };
    }

    /// <summary>What cannot be loaded is said last, and why; nothing at all is an error.</summary>
    private static int Conclude(List<WarmedFile> files, WarmRequest request, TextWriter error)
    {
        int missing = files.Count(file => file.State.StartsWith("missing", StringComparison.Ordinal));
        int changed = files.Count(file => file.State.StartsWith("changed:", StringComparison.Ordinal));
        if (files.All(file => file.ChosenBytes == 0))
        {
            throw new InputException(
                $"nothing of '{request.Path}' can be loaded: files changed: {changed}, missing: {missing}", Hint(changed));
        }

        if (missing + changed > 0)
        {
            error.WriteLine($"damon-trace: not loaded: files changed: {changed}, missing: {missing}");
            error.WriteLine($"hint: {Hint(changed)}");
        }

        return ExitCode.Ok;
    }

    private static string Hint(int changed) => changed > 0
        ? "take the snapshot again, or load the same places of changed files with --allow-changed"
        : "take the snapshot again; for a process in a container: --root /proc/PID/root";

    /// <summary>Whole pages that hold bytes of the file, as many as the limit allows.</summary>
    private static List<(ulong Start, ulong End)> Cut(IReadOnlyList<(ulong Start, ulong End)> ranges, ulong length, ulong limit)
    {
        ulong page = (ulong)Environment.SystemPageSize;
        ulong end = (length + page - 1) / page * page;
        ulong left = limit / page * page;
        var cut = new List<(ulong Start, ulong End)>();
        foreach ((ulong rangeStart, ulong rangeEnd) in ranges)
        {
            ulong to = Math.Min(rangeEnd, end);
            to = to > rangeStart ? Math.Min(to, rangeStart + Math.Min(left, to - rangeStart)) : rangeStart;
            if (to > rangeStart)
            {
                cut.Add((rangeStart, to));
                left -= to - rangeStart;
            }
        }

        return cut;
    }

    private static ulong BytesOf(IReadOnlyList<(ulong Start, ulong End)> ranges) =>
        ranges.Aggregate(0UL, static (sum, range) => sum + (range.End - range.Start));
}
