using System.Text.RegularExpressions;
using Damon.Trace.Cli.Live;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Tests.Live;

/// <summary>Frames of a recording in virtual time: what is drawn follows from what was fed, character by character.</summary>
public sealed partial class FrameRendererTests
{
    private const ulong MiB = LiveFeed.MiB;
    private static readonly HeatPalette s_plain = new(ColourMode.None, unicode: true);

    [Fact]
    public void Heatmap_ShowsWhereAndWhen()
    {
        // A window of 40 s on 44 columns (80 less address and name): 0.91 s a column, 10 s are 11. The first 32 MiB are found accessed in
        // 20 of 20 samples all the time, the second in 10 of 20, and only in the last 10 s.
        var feed = new LiveFeed(TimeSpan.FromSeconds(40));
        feed.Aggregate(300, (LiveFeed.Heap, 32 * MiB, 20, 50), (LiveFeed.Heap + (32 * MiB), 32 * MiB, 0, 300));
        feed.Aggregate(100, (LiveFeed.Heap, 32 * MiB, 20, 50), (LiveFeed.Heap + (32 * MiB), 32 * MiB, 10, 3));

        string[] rows = HeatRows(Render(feed, 80, 28));

        // Rows of the upper half: 9 throughout. Of the lower half: not accessed, then 10/20 = 50 % of the hottest, level ceil(4.5) = 5.
        Assert.Equal(2, rows.Distinct().Count());
        Assert.Equal(rows.Length / 2, rows.Count(row => Regex.IsMatch(row, "^9+$")));
        Match lower = Regex.Match(rows[^1], @"^(\.+)[1-5]?(5+)$");
        Assert.True(lower.Success, rows[^1]);
        Assert.InRange(lower.Groups[2].Length, 10, 12);
    }

    [Fact]
    public void Heatmap_Scrolls()
    {
        var feed = new LiveFeed(TimeSpan.FromSeconds(40));
        var renderer = new FrameRenderer(feed.State, s_plain);
        feed.Aggregate(100, (LiveFeed.Heap, 32 * MiB, 20, 1));
        string before = HeatRows(renderer.Render(80, 24))[0];
        feed.Aggregate(100, (LiveFeed.Heap, 32 * MiB, 0, 1));
        string after = HeatRows(renderer.Render(80, 24))[0];

        // What was at the right edge moved to the left by the columns of 10 s.
        Assert.Matches("^ +9+$", before);
        Assert.Matches(@"^ +9+[1-9]?\.+$", after);
        Assert.InRange(before.TrimStart().Length, after.Count(cell => cell == '9') - 1, after.Count(cell => cell == '9') + 1);
    }

    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 50)]
    [InlineData(60, 12)]
    public void Frame_FillsTheScreenAndNoMore(int width, int height)
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Map((LiveFeed.Heap, LiveFeed.Heap + MiB, "/a/name/" + new string('x', 300)));
        feed.Aggregate(50, (LiveFeed.Heap, MiB, 20, 1), (LiveFeed.Heap + MiB, MiB, 0, 9));
        feed.Beat(1_000_000_000);

        foreach (ColourMode colours in Enum.GetValues<ColourMode>())
        {
            IReadOnlyList<string> lines = new FrameRenderer(feed.State, new HeatPalette(colours, unicode: true)).Render(width, height);

            Assert.Equal(height, lines.Count);
            Assert.All(lines, line => Assert.True(Visible(line).Length <= width, line));
        }
    }

    [Fact]
    public void Schemes_SayWhatTheyDid()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(10, (LiveFeed.Heap, 64 * MiB, 20, 1));
        Assert.DoesNotContain(Render(feed, 100, 24), line => line.StartsWith("scheme", StringComparison.Ordinal));
        feed.State.OnScheme(new SchemeEvent { Kind = SchemeEventKind.BeforeApply, SchemeIndex = 1, Region = new() { Start = 0, End = 8 * MiB } });
        feed.State.OnScheme(new SchemeEvent { Kind = SchemeEventKind.EffectiveQuota, Statistics = default, EffectiveBytes = 64 * MiB });
        feed.State.OnScheme(new SchemeEvent { Kind = SchemeEventKind.Statistics, Statistics = new(1, 32 * MiB, 1, 16 * MiB, 0, 0, 1) });

        Assert.Contains(
            "scheme 0: tried on 32.00 MiB, acted on 16.00 MiB, quota 64.00 MiB | scheme 1: tried on 8.00 MiB",
            Render(feed, 100, 24));
        Assert.Equal(24, Render(feed, 100, 24).Count);
    }

    [Fact]
    public void Frame_TooSmallSaysSo()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(1, (LiveFeed.Heap, MiB, 20, 1));

        Assert.Equal(["too small: 40x10, needs 60x12"], Render(feed, 40, 10));
        Assert.Equal(["too sma"], Render(feed, 7, 2));
    }

    [Fact]
    public void List_NamesTheHottestOrTheColdest()
    {
        // 20 of 20 samples at 5 ms in 100 ms are 200 Hz; an age of 3000 aggregations of 100 ms is 300 s.
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(
            20, (LiveFeed.Heap, 60 * MiB, 0, 3000), (LiveFeed.Heap + (60 * MiB), 4 * MiB, 4, 7), (LiveFeed.Heap + (64 * MiB), 8 * MiB, 20, 2));

        string[] hottest = [.. Render(feed, 80, 24)];
        string[] coldest = [.. new FrameRenderer(feed.State, s_plain) { List = ListKind.Coldest }.Render(80, 24)];

        int first = Array.FindIndex(hottest, line => line.EndsWith("hottest, by size x heat", StringComparison.Ordinal)) + 1;
        Assert.Equal("   8.000 MiB     200.0  100.0  200.0 ms  rw-p /srv/data.bin", hottest[first]);
        Assert.Equal("   4.000 MiB      40.0   20.0  700.0 ms  rw-p [anon:cache]", hottest[first + 1]);
        Assert.Contains("  60.000 MiB       0.0    0.0     300 s  rw-p [anon:cache]", coldest);
    }

    [Fact]
    public void Mappings_AreListedByStateAndSorted()
    {
        // The cache holds 8,000 pages: of 100 followed 25 were accessed within 10 s. Of the file's 1,000 pages nothing is known.
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(20, (LiveFeed.Heap, 64 * MiB, 20, 50), (LiveFeed.Heap + (64 * MiB), 64 * MiB, 0, 300));
        feed.Look([(8000, 0, [(0, 25), (14, 75)]), (1000, 100, [])]);
        var renderer = new FrameRenderer(feed.State, s_plain);

        IReadOnlyList<string> lines = renderer.Render(80, 24);
        Assert.Equal(24, lines.Count);
        Assert.Contains("hot 7.81 MiB, cold 23.44 MiB (idle > 10 s), unknown 3.91 MiB, of 35.16 MiB", lines);
        Assert.Contains(lines, line => Regex.IsMatch(line, "^cold +23[.]438 MiB .* max 23[.]438 MiB$"));
        int title = lines.ToList().FindIndex(line => line.EndsWith("mapping, by resident", StringComparison.Ordinal));
        Assert.Equal("  31.25 MiB    7.81 MiB   23.44 MiB         0 B  [anon:cache]", lines[title + 1]);
        Assert.Equal("   3.91 MiB         0 B         0 B    3.91 MiB  /srv/data.bin", lines[title + 2]);

        renderer.Sort = 3;
        lines = renderer.Render(80, 24);
        Assert.EndsWith("mapping, by unknown", lines[title], StringComparison.Ordinal);
        Assert.EndsWith("/srv/data.bin", lines[title + 1], StringComparison.Ordinal);
    }

    [Fact]
    public void AnOldRecorder_IsSaidNotToKnowWhatIsPopulated()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(20, (LiveFeed.Heap, 64 * MiB, 20, 50));

        Assert.Contains(Render(feed, 120, 24), line => line.EndsWith("memory never touched may count as cold", StringComparison.Ordinal));
    }

    [Fact]
    public void Pause_KeepsTheFrameAndHelpTellsTheKeys()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Aggregate(20, (LiveFeed.Heap, 64 * MiB, 20, 50));
        var renderer = new FrameRenderer(feed.State, s_plain) { Paused = true };
        IReadOnlyList<string> paused = renderer.Render(80, 24);
        feed.Aggregate(200, (LiveFeed.Heap, 64 * MiB, 0, 50));

        Assert.EndsWith("paused", paused[0], StringComparison.Ordinal);
        Assert.Equal(paused, renderer.Render(80, 24));
        renderer.Help = true;
        Assert.Contains(renderer.Render(80, 24), line => line.Contains("pause", StringComparison.Ordinal));
        renderer.Help = false;
        renderer.Paused = false;
        Assert.NotEqual(paused, renderer.Render(80, 24));
    }

    [Fact]
    public void Frame_TellsSettingsFootprintCostAndLosses()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Beat(1_000_000_000);
        feed.Aggregate(20, (LiveFeed.Heap, 8 * MiB, 20, 2), (LiveFeed.Heap + (8 * MiB), 8 * MiB, 0, 2));
        feed.Beat(1_100_000_000);
        feed.State.OnFootprint(new Footprint { VszBytes = 512 * MiB, RssBytes = 128 * MiB, PssBytes = 100 * MiB });
        feed.State.OnFootprint(new Footprint { VszBytes = 512 * MiB, RssBytes = 129 * MiB, PssBytes = Footprint.Unknown });

        string text = string.Join('\n', Render(feed, 100, 24));

        Assert.Contains("target 0: pid 4242 (server)", text, StringComparison.Ordinal);
        Assert.Contains("22:13:20 UTC", text, StringComparison.Ordinal);
        Assert.Contains("sample 5 ms, aggr 100 ms, 2 regions | access-bits (vaddr) granularity=page", text, StringComparison.Ordinal);
        Assert.Contains("working set     8.000 MiB", text, StringComparison.Ordinal);
        Assert.Contains("resident 129.000 MiB, proportional 100.000 MiB, virtual 512.000 MiB, swap 0 B", text, StringComparison.Ordinal);

        // 100 ms of CPU in 2 s.
        Assert.Contains("own CPU 5.0 %, 3 late, 1 missed, 0 of 20 incomplete", text, StringComparison.Ordinal);
        Assert.Contains("heat: . 0 %, 9 up to 100.0 % of samples, ? unknown; 100 % is 200 Hz", text, StringComparison.Ordinal);
    }

    [Fact]
    public void APathTooLong_KeepsTheNameOfItsFile()
    {
        var feed = new LiveFeed(TimeSpan.FromMinutes(2));
        feed.Map((LiveFeed.Heap, LiveFeed.Heap + MiB, "/a/path/of/many/folders/that/does/not/fit/anywhere/libserver.so"));
        feed.Aggregate(20, (LiveFeed.Heap, MiB, 20, 1));

        IReadOnlyList<string> lines = Render(feed, 80, 24);

        Assert.Contains(lines, line => line.Contains(" rw-p .../libserver", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.EndsWith("  rw-p .../libserver.so", StringComparison.Ordinal));
    }

    [Fact]
    public void Resize_KeepsWhatTheWindowShows()
    {
        var feed = new LiveFeed(TimeSpan.FromSeconds(40));
        feed.Aggregate(400, (LiveFeed.Heap, 32 * MiB, 20, 50));
        var renderer = new FrameRenderer(feed.State, s_plain);

        Assert.All(HeatRows(renderer.Render(80, 24)), row => Assert.Matches("^ ?9+$", row));
        Assert.All(HeatRows(renderer.Render(200, 50)), row => Assert.Matches("^ ?9+$", row));
        Assert.All(HeatRows(renderer.Render(80, 24)), row => Assert.Matches("^ ?9+$", row));
    }

    [Theory]
    [InlineData("auto", true, "xterm-256color", null, null, "Indexed")]
    [InlineData("auto", true, "xterm-256color", "truecolor", null, "Truecolor")]
    [InlineData("auto", true, "xterm-256color", "truecolor", "1", "None")]
    [InlineData("auto", true, "dumb", null, null, "None")]
    [InlineData("auto", true, null, null, null, "None")]
    [InlineData("auto", false, "xterm-256color", null, null, "None")]
    [InlineData("truecolor", false, "dumb", null, "1", "Truecolor")]
    [InlineData("256", true, "xterm", null, "1", "Indexed")]
    [InlineData("never", true, "xterm-256color", "truecolor", null, "None")]
    public void Colours_FollowTheOptionThenTheEnvironment(
        string choice, bool isTerminal, string? term, string? colourTerm, string? noColour, string expected)
    {
        HeatPalette palette = HeatPalette.Choose(choice, isTerminal, name => name switch
        {
            "TERM" => term,
            "COLORTERM" => colourTerm,
            "NO_COLOR" => noColour,
            _ => null,
        });

        Assert.Equal(expected, palette.Colours.ToString());
    }

    private static IReadOnlyList<string> Render(LiveFeed feed, int width, int height) =>
        new FrameRenderer(feed.State, s_plain).Render(width, height);

    /// <summary>The cells of the heatmap's rows: between the twelve digits of the address and the name.</summary>
    private static string[] HeatRows(IReadOnlyList<string> frame)
    {
        int width = frame.Max(line => line.IndexOf("now", StringComparison.Ordinal)) + "now".Length;
        return [.. frame.Where(line => Address().IsMatch(line)).Select(line => line[15..Math.Min(line.Length, width)])];
    }

    private static string Visible(string line) => Escape().Replace(line, "");

    [GeneratedRegex("^0x[0-9a-f]{12} ")]
    private static partial Regex Address();

    [GeneratedRegex("\x1b\\[[0-9;]*m")]
    private static partial Regex Escape();
}
