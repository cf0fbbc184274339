using System.Text.RegularExpressions;
using Damon.Trace.Reports;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Snapshots;

/// <summary>Makes the document of a working-set file out of a snapshot.</summary>
internal static partial class WorkingSets
{
    /// <param name="process">The target.</param>
    /// <param name="pages">Of the window that is kept.</param>
    /// <param name="mappings">The same by mapping.</param>
    internal static WorkingSetDocument Of(TargetProcess process, ExactPages pages, IReadOnlyList<ExactMapping> mappings)
    {
        ulong pageBytes = (ulong)Environment.SystemPageSize;
        var files = new List<WorkingSetFile>();
        var indices = new Dictionary<string, int?>(StringComparer.Ordinal);
        return new WorkingSetDocument
        {
            Format = WorkingSetDocument.FormatName,
            Version = WorkingSetDocument.CurrentVersion,
            TakenWallNs = Time.GetNs(Time.CLOCK_REALTIME),
            WindowNs = pages.WindowNs,
            ReadNs = pages.ReadNs,
            PageBytes = pageBytes,
            Target = new WorkingSetTarget(process.Pid, process.StartTimeTicks, BootId(), process.Comm, process.CommandLine),
            Mappings =
            [
                .. mappings.Select(mapping => new WorkingSetMapping
                {
                    Start = mapping.Mapping.Start,
                    End = mapping.Mapping.End,
                    Permissions = mapping.Mapping.Permissions,
                    Name = mapping.Mapping.Name,
                    File = FileOf(mapping.Mapping, process.Pid, files, indices),
                    FileOffsetBytes = mapping.Mapping.Offset,
                    ResidentPages = mapping.ResidentBytes / pageBytes,
                    UnknownPages = mapping.UnknownBytes / pageBytes,
                    Touched = [.. mapping.Touched.SelectMany(run => (ulong[])[run.First, run.Count])],
                }),
            ],
            Files = files,
        };
    }

    /// <summary>One line: what is in it, and what cannot be loaded again.</summary>
    internal static string Describe(WorkingSetDocument document)
    {
        ulong inFiles = Touched(document, mapping => mapping.File is not null);
        int files = document.Mappings.Where(mapping => mapping.TouchedPages > 0 && mapping.File is not null).DistinctBy(mapping => mapping.File).Count();
        ulong inLostFiles = Touched(document, mapping => mapping.File is null && IsPath(mapping.Name));
        string lost = inLostFiles == 0 ? "" : $", of which {ReportText.ShortSize(inLostFiles)} of files that are deleted or cannot be opened";
        return $"{ReportText.ShortSize(inFiles)} touched in {files} file{(files == 1 ? "" : "s")}, "
            + $"{ReportText.ShortSize(document.TouchedBytes - inFiles)} not in files{lost}";
    }

    private static ulong Touched(WorkingSetDocument document, Func<WorkingSetMapping, bool> which) =>
        document.Mappings.Where(which).Aggregate(0UL, (sum, mapping) => sum + mapping.TouchedPages) * document.PageBytes;

    private static int? FileOf(in Mapping mapping, int pid, List<WorkingSetFile> files, Dictionary<string, int?> indices)
    {
        if (mapping.Inode == 0 || !IsPath(mapping.Name))
        {
            return null;
        }

        if (!indices.TryGetValue(mapping.Name, out int? index))
        {
            // Through the process's own root: in a container the path means another file than here.
            string path = Unescaped(mapping.Name);
            WorkingSetFile? file = FileIdentity.Of($"/proc/{pid}/root{path}", path);
            if (file is not null)
            {
                index = files.Count;
                files.Add(file);
            }

            indices.Add(mapping.Name, index);
        }

        return index;
    }

    private static bool IsPath(string name) => name.StartsWith('/') && !name.EndsWith(" (deleted)", StringComparison.Ordinal);

    /// <summary>Control characters come as <c>\012</c>, see <see cref="Mapping.Name"/>.</summary>
    private static string Unescaped(string name) =>
        ControlCharacter().Replace(name, match => ((char)Convert.ToInt32(match.Groups[1].Value, 8)).ToString());

    private static string? BootId()
    {
        try
        {
            return File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    [GeneratedRegex(@"\\(0[0-3][0-7])")]
    private static partial Regex ControlCharacter();
}
