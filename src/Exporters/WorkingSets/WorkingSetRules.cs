using System.Globalization;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>What must hold of a working set beyond its JSON.</summary>
internal static class WorkingSetRules
{
    private const ulong LeastPageBytes = 4096;
    private const ulong MostPageBytes = 1 << 16;

    /// <summary>Where and what: <c>$.mappings[3].touched[6]: ...</c>; null when all is well.</summary>
    internal static string? FirstBroken(WorkingSetDocument document)
    {
        ulong page = document.PageBytes;
        if (page is < LeastPageBytes or > MostPageBytes || !ulong.IsPow2(page))
        {
            return Text($"$.page_bytes: {page} is no size of a page");
        }

        if (document.WindowNs <= 0 || document.ReadNs < 0)
        {
            return Text($"$.window_ns: a window of {document.WindowNs} ns, read in {document.ReadNs} ns");
        }

        for (int i = 0; i < document.Files.Count; i++)
        {
            if (OfFile(document.Files[i]) is { } problem)
            {
                return Text($"$.files[{i}].{problem}");
            }
        }

        ulong end = 0;
        for (int i = 0; i < document.Mappings.Count; i++)
        {
            WorkingSetMapping mapping = document.Mappings[i];
            if ((OfExtent(mapping, page, end) ?? OfBacking(mapping, page, document.Files.Count) ?? OfPages(mapping, page)) is { } problem)
            {
                return Text($"$.mappings[{i}].{problem}");
            }

            end = mapping.End;
        }

        return null;
    }

    private static string? OfFile(WorkingSetFile file) =>
        !file.Path.StartsWith('/') || file.Path.Contains('\0', StringComparison.Ordinal) ? "path: not an absolute path"
        : file.SizeBytes < 0 ? Text($"size_bytes: {file.SizeBytes} is negative")
        : file.BuildId is { } id && (id.Length is 0 or > 128 || id.Length % 2 != 0 || !id.All(char.IsAsciiHexDigit)) ? "build_id: not hexadecimal"
        : null;

    private static string? OfExtent(WorkingSetMapping mapping, ulong page, ulong previousEnd) =>
        mapping.Start % page != 0 ? Text($"start: {mapping.Start} is not the begin of a page")
        : mapping.End % page != 0 ? Text($"end: {mapping.End} is not the end of a page")
        : mapping.End <= mapping.Start ? Text($"end: {mapping.End} is not behind its start, {mapping.Start}")
        : mapping.Start < previousEnd ? Text($"start: {mapping.Start} is before the end of the mapping before it, {previousEnd}")
        : null;

    private static string? OfBacking(WorkingSetMapping mapping, ulong page, int files) =>
        mapping.File is { } file && (file < 0 || file >= files) ? Text($"file: there is no file {file}, there are {files}")
        : mapping.FileOffsetBytes % page != 0 || mapping.FileOffsetBytes > long.MaxValue - (mapping.End - mapping.Start)
            ? Text($"file_offset_bytes: {mapping.FileOffsetBytes} is no place of a page in a file")
        : null;

    private static string? OfPages(WorkingSetMapping mapping, ulong page)
    {
        ulong pages = (mapping.End - mapping.Start) / page;
        if (mapping.ResidentPages > pages)
        {
            return Text($"resident_pages: {mapping.ResidentPages} of {pages}");
        }

        if (mapping.Touched.Count % 2 != 0)
        {
            return Text($"touched: {mapping.Touched.Count} numbers are no pairs");
        }

        ulong touched = 0;
        ulong free = 0;
        for (int i = 0; i < mapping.Touched.Count; i += 2)
        {
            (ulong first, ulong count) = (mapping.Touched[i], mapping.Touched[i + 1]);
            if (first < free)
            {
                return Text($"touched[{i}]: page {first}, expected {free} or more");
            }

            if (count == 0 || first >= pages || count > pages - first)
            {
                return Text($"touched[{i + 1}]: {count} pages from page {first} on, of {pages}");
            }

            touched += count;
            free = first + count + 1;
        }

        return mapping.UnknownPages > mapping.ResidentPages || touched > mapping.ResidentPages - mapping.UnknownPages
            ? Text($"resident_pages: {mapping.ResidentPages}, but {touched} touched and {mapping.UnknownPages} unknown")
            : null;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
