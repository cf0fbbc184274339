using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Torture;

/// <summary>Writes snapshots of ten regions as text, and remembers what a reader has to find in them.</summary>
internal sealed class TortureText
{
    internal const int Regions = 10;
    internal const ulong FirstAddress = 0x5500_0000_0000;

    private readonly StringBuilder _text = new();
    private readonly Dictionary<(string, int, ulong), ulong> _numbers = [];

    internal string Kdamond { get; init; } = "kdamond.0";

    internal int Tid { get; init; } = 77;

    internal ulong Target { get; init; }

    internal ulong Base { get; init; } = FirstAddress;

    /// <summary>Whether lines have a cpu column; without one readers say -1.</summary>
    internal bool HasCpu { get; init; } = true;

    /// <summary>Whether lines end with the age; without one readers say 0.</summary>
    internal bool HasAge { get; init; } = true;

    /// <summary>comm, tid, "[cpu]", time and fields of a region to a line without its end.</summary>
    internal Func<string, string, string, string, string, string> Line { get; init; } =
        (comm, tid, cpu, time, fields) => $"{comm,16} {tid,7} {cpu} {time,12}: damon:damon_aggregated: {fields}";

    internal List<string> Expected { get; } = [];

    /// <summary>Adds a snapshot that begins at so many tenths of a second; the regions named in <paramref name="lost"/> are missing.</summary>
    internal TortureText Snapshot(int tenths, params int[] lost)
    {
        string[] lines = Lines(tenths, lost, out string expected);
        foreach (string line in lines)
        {
            _text.Append(line).Append('\n');
        }

        Expected.Add(expected);
        return this;
    }

    internal TortureText Snapshots(int from, int count)
    {
        for (int i = 0; i < count; i++)
        {
            Snapshot(from + i);
        }

        return this;
    }

    internal TortureText Raw(string text)
    {
        _text.Append(text);
        return this;
    }

    /// <summary>The lines of two texts by turns.</summary>
    internal static (string Text, List<string> Expected) Interleave(TortureText a, TortureText b, int snapshots)
    {
        StringBuilder text = new();
        List<string> expected = [];
        for (int i = 0; i < snapshots; i++)
        {
            string[] first = a.Lines(1000 + i, [], out string expectedFirst);
            string[] second = b.Lines(1000 + i, [], out string expectedSecond);
            foreach ((string one, string other) in first.Zip(second))
            {
                text.Append(one).Append('\n').Append(other).Append('\n');
            }

            expected.Add(expectedFirst);
            expected.Add(expectedSecond);
        }

        return (text.ToString(), expected);
    }

    public override string ToString() => _text.ToString();

    private string[] Lines(int tenths, int[] lost, out string expected)
    {
        List<RegionEvent> regions = [];
        List<string> lines = [];
        for (int i = 0; i < Regions; i++)
        {
            if (lost.Contains(i))
            {
                continue;
            }

            RegionEvent region = new()
            {
                TimestampNs = (tenths * 100_000_000L) + (i * 1000L),
                Cpu = HasCpu ? 3 : -1,
                Start = Base + ((ulong)i << 16),
                End = Base + ((ulong)(i + 1) << 16),
                NrAccesses = (uint)(((i * 3) + tenths) % 21),
                Age = HasAge ? (uint)(i + tenths) : 0,
            };
            regions.Add(region);
            string time = string.Create(
                CultureInfo.InvariantCulture, $"{region.TimestampNs / 1_000_000_000}.{region.TimestampNs % 1_000_000_000 / 1000:D6}");
            string fields = $"target_id={Target} nr_regions={Regions} {region.Start}-{region.End}: {region.NrAccesses}"
                + (HasAge ? $" {region.Age}" : "");
            lines.Add(Line(Kdamond, Tid.ToString(CultureInfo.InvariantCulture), "[003]", time, fields));
        }

        (string, int, ulong) key = (Kdamond, Tid, Target);
        _ = _numbers.TryGetValue(key, out ulong number);
        _numbers[key] = number + 1;
        expected = TortureCase.Describe(Kdamond, Tid, Target, number, lost.Length == 0, regions);
        return [.. lines];
    }
}
