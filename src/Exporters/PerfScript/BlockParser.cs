using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.PerfScript;

/// <summary>
/// Reads the lines of blocks. Regions are read for good; every other line is left to whoever knows what came before it. Not for two
/// threads: each has its own, and only the numbers of the events' names are common to them.
/// </summary>
internal sealed class BlockParser(EventNames names)
{
    private readonly PerfScriptLineParser _parser = new(names);

    /// <summary>Bound by <see cref="LineTemplate"/>; no allocation but for a first line of a snapshot.</summary>
    internal void Parse(TextBlock block)
    {
        block.Clear();
        if (block.IsTooLong)
        {
            block.AddLine(0, block.Length);
            return;
        }

        // The first line of all may begin with a mark that is no part of it, or be that of a page.
        int at = 0;
        if (block.Offset == 0)
        {
            int end = LineEnd(block, 0);
            block.AddLine(0, end);
            at = end + 1;
        }

        LineTemplate template = _parser.Template;
        RegionEvent region = default;
        PerfScriptLine parsed = default;
        while (at < block.Length)
        {
            int begin = at;
            if (template.TryParse(block.Text, ref at, ref region) && block.Text[at] == '\n' && at < block.Length)
            {
                block.AddRegion(template.Facts!, region);
                at++;
                continue;
            }

            int end = LineEnd(block, begin);
            at = end + 1;
            if (at <= block.Length && IsRegion(block.Line(new LineRun(null, begin, end - begin)), ref parsed, ref region, out LineFacts? facts))
            {
                block.AddRegion(facts!, region);
            }
            else
            {
                block.AddLine(begin, end - begin);
            }
        }

        block.EndRun();
    }

    private static int LineEnd(TextBlock block, int begin)
    {
        int length = block.Text[begin..block.Length].IndexOf((byte)'\n');
        return length < 0 ? block.Length : begin + length;
    }

    private bool IsRegion(ReadOnlySpan<byte> line, ref PerfScriptLine parsed, ref RegionEvent region, out LineFacts? facts)
    {
        facts = null;
        if (_parser.Parse(line, ref parsed) != PerfScriptLineKind.Aggregated || parsed.HasWholeTime || parsed.HasProbeHits)
        {
            return false;
        }

        region = new RegionEvent
        {
            TimestampNs = parsed.TimestampNs,
            Cpu = parsed.Cpu,
            Start = parsed.Aggregated.Start,
            End = parsed.Aggregated.End,
            NrAccesses = parsed.Aggregated.NrAccesses,
            Age = parsed.Aggregated.Age,
        };
        facts = parsed.Facts ?? new LineFacts(parsed);
        return true;
    }
}
