namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// The page that Android's systrace writes: text of ftrace between the lines <c>&lt;script class="trace-data" ...&gt;</c> and
/// <c>&lt;/script&gt;</c>, and the viewer, some megabytes, around it.
/// </summary>
internal sealed class SystraceHtml
{
    private bool _begun;
    private bool _isPage;
    private bool _inData;

    /// <summary>Whether what comes now belongs to the page and not to the trace.</summary>
    internal bool IsOutside => _isPage && !_inData;

    /// <summary>Whether a line belongs to the page and not to the trace. One comparison for every other text.</summary>
    internal bool Skips(ReadOnlySpan<byte> line)
    {
        if (!_begun)
        {
            _begun = true;
            ReadOnlySpan<byte> text = line.TrimStart(" \t"u8);
            _isPage = StartsWith(text, "<!doctype html"u8) || StartsWith(text, "<html"u8);
        }

        if (!_isPage)
        {
            return false;
        }

        if (_inData)
        {
            _inData = line.IndexOf("</script>"u8) < 0;
            return !_inData;
        }

        _inData = line.IndexOf("<script class=\"trace-data\""u8) >= 0;
        return true;
    }

    private static bool StartsWith(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) =>
        text.Length >= lower.Length && System.Text.Ascii.EqualsIgnoreCase(text[..lower.Length], lower);
}
