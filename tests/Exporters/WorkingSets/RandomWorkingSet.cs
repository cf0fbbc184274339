using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Exporters.Tests.WorkingSets;

/// <summary>Working sets that keep all rules, by seed.</summary>
internal static class RandomWorkingSet
{
    internal const ulong Page = 4096;

    internal static WorkingSetDocument Create(int seed)
    {
        Random random = new(seed);
        WorkingSetFile[] files = [.. Enumerable.Range(0, random.Next(4)).Select(i => new WorkingSetFile(
            $"/lib/\"odd\" näme {i}", random.Next(), random.NextInt64(), random.Next(2) == 0 ? null : "00ffa1"))];
        List<WorkingSetMapping> mappings = [];
        ulong start = 0x10000;
        for (int i = random.Next(6); i > 0; i--)
        {
            ulong pages = (ulong)random.Next(1, 200);
            ulong[] touched = [.. Runs(random, pages)];
            ulong nrTouched = touched.Where(static (_, index) => index % 2 == 1).Aggregate(0UL, static (sum, count) => sum + count);
            ulong unknown = (ulong)random.NextInt64((long)(pages - nrTouched) + 1);
            mappings.Add(new WorkingSetMapping
            {
                Start = start,
                End = start + (pages * Page),
                Permissions = "rw-p",
                Name = random.Next(3) == 0 ? "" : "[heap]",
                File = files.Length == 0 || random.Next(2) == 0 ? null : random.Next(files.Length),
                FileOffsetBytes = (ulong)random.Next(100) * Page,
                ResidentPages = (ulong)random.NextInt64((long)(nrTouched + unknown), (long)pages + 1),
                UnknownPages = unknown,
                Touched = touched,
            });
            start += (pages + (ulong)random.Next(10)) * Page;
        }

        return Of(files, [.. mappings]) with { TakenWallNs = random.NextInt64(), WindowNs = random.Next(1, int.MaxValue), ReadNs = random.Next() };
    }

    internal static WorkingSetDocument Of(WorkingSetFile[] files, WorkingSetMapping[] mappings, int pid = 42) => new()
    {
        Format = WorkingSetDocument.FormatName,
        Version = WorkingSetDocument.CurrentVersion,
        TakenWallNs = 1,
        WindowNs = 1_000_000_000,
        ReadNs = 1,
        PageBytes = Page,
        Target = new WorkingSetTarget(pid, 7, "boot", "app", "app --now"),
        Files = files,
        Mappings = mappings,
    };

    /// <summary>A mapping all of which is resident, with runs of touched pages.</summary>
    internal static WorkingSetMapping Mapping(ulong start, ulong pages, string name, int? file, ulong fileOffset, params ulong[] touched) => new()
    {
        Start = start,
        End = start + (pages * Page),
        Permissions = "rw-p",
        Name = name,
        File = file,
        FileOffsetBytes = fileOffset,
        ResidentPages = pages,
        UnknownPages = 0,
        Touched = touched,
    };

    internal static byte[] Bytes(WorkingSetDocument document)
    {
        using MemoryStream stream = new();
        WorkingSetWriter.Write(document, stream);
        return stream.ToArray();
    }

    private static IEnumerable<ulong> Runs(Random random, ulong pages)
    {
        for (ulong next = (ulong)random.Next(5); next < pages;)
        {
            ulong count = Math.Min((ulong)random.Next(1, 20), pages - next);
            yield return next;
            yield return count;
            next += count + (ulong)random.Next(1, 10);
        }
    }
}
