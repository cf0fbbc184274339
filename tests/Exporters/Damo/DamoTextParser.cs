using System.Globalization;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>
/// How damo 3.3.0 understands perf's text, in our own words: words between white space, counted from the left; a target is only its
/// target_id; a snapshot is over when it has as many regions as its first line said. What would make it crash, throws here.
/// </summary>
internal sealed class DamoTextParser
{
    internal sealed record Snapshot(long EndNs, uint NrRegions, List<(ulong Start, ulong End, uint NrAccesses, uint Age)> Regions)
    {
        internal long StartNs { get; set; } = -1;
    }

    internal SortedDictionary<ulong, List<Snapshot>> Records { get; } = [];

    internal static DamoTextParser Parse(string text)
    {
        // The file must be what `file -b` calls "ASCII text": no other bytes, no CRLF, no very long lines, not empty.
        Assert.All(text, c => Assert.True(c is '\n' or '\t' or >= ' ' and <= '~'));
        Assert.NotEqual("", text);
        DamoTextParser parser = new();
        foreach (string line in text.Split('\n'))
        {
            Assert.True(line.Length < 8192);
            parser.Line(line);
        }

        foreach (List<Snapshot> record in parser.Records.Values)
        {
            // The first begin is the end minus the mean distance: one snapshot alone has none.
            Assert.True(record.Count > 1, "one snapshot only");
            record[0].StartNs = record[0].EndNs - ((record[^1].EndNs - record[0].EndNs) / (record.Count - 1));
            for (int i = 1; i < record.Count; i++)
            {
                Assert.True(record[i].EndNs >= record[i - 1].EndNs, "not time-sorted");
                record[i].StartNs = record[i - 1].EndNs;
            }
        }

        return parser;
    }

    private void Line(string line)
    {
        string[] words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length < 4)
        {
            return;
        }

        int time = words[2].EndsWith(':') ? 2 : 3;
        string name = words[time + 1];
        if (name is not ("damon:damon_aggregated:" or "damon_aggregated:"))
        {
            return;
        }

        int at = time + 2;
        long endNs = (long)(double.Parse(words[time].TrimEnd(':'), CultureInfo.InvariantCulture) * 1e9);
        ulong target = ulong.Parse(words[at].Split('=')[1], CultureInfo.InvariantCulture);
        uint nrRegions = uint.Parse(words[at + 1].Split('=')[1], CultureInfo.InvariantCulture);
        string[] range = words[at + 2].TrimEnd(':').Split('-');
        if (!Records.TryGetValue(target, out List<Snapshot>? record))
        {
            Records.Add(target, record = []);
        }

        if (record.Count == 0 || record[^1].Regions.Count == record[^1].NrRegions)
        {
            record.Add(new Snapshot(endNs, nrRegions, []));
        }

        record[^1].Regions.Add((
            ulong.Parse(range[0], CultureInfo.InvariantCulture),
            ulong.Parse(range[1], CultureInfo.InvariantCulture),
            uint.Parse(words[at + 3], CultureInfo.InvariantCulture),
            uint.Parse(words[at + 4], CultureInfo.InvariantCulture)));
    }
}
