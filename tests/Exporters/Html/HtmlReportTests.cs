using System.Text.RegularExpressions;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Reports.Html;

namespace Damon.Trace.Exporters.Tests.Html;

public sealed class HtmlReportTests
{
    private const ulong Page = 4096;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Names_from_targets_never_become_markup(bool staticOnly)
    {
        string page = Write(PageRecording.Make(), new HtmlOptions { StaticOnly = staticOnly });

        Assert.DoesNotContain("<script>hacked", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<b onx", page, StringComparison.Ordinal);
        Assert.Contains("&lt;/script&gt;&lt;script&gt;hacked=1", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_fetched_and_only_the_script_of_the_page_may_run()
    {
        string page = Write(PageRecording.Make(), new HtmlOptions());

        Assert.Contains("default-src 'none'", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"(?i)<(link|iframe|object|embed)\b|<script[^>]+src=|@import|url\(", Head(page));
    }

    [Fact]
    public void A_static_page_has_pictures_says_so_and_has_no_script()
    {
        string page = Write(PageRecording.Make(), new HtmlOptions { StaticOnly = true });

        Assert.Contains("The charts of this page are still pictures", page, StringComparison.Ordinal);
        Assert.Equal(2, Regex.Count(page, "<svg width"));
        Assert.DoesNotContain("<script", page, StringComparison.Ordinal);
        Assert.DoesNotContain("script-src", page, StringComparison.Ordinal);
    }

    [Fact]
    public void What_schemes_did_stands_on_the_page()
    {
        HandmadeRecording recording = PageRecording.Make()
            .Call(sink => sink.OnScheme(new SchemeEvent
            {
                Kind = SchemeEventKind.BeforeApply,
                TimestampNs = 2_000_000_000,
                Kdamond = "<b onx",
                KdamondTid = 7,
                SchemeIndex = 3,
                Region = new() { Start = 0, End = 8 << 20 },
            }))
            .Call(sink => sink.OnScheme(new SchemeEvent
            {
                Kind = SchemeEventKind.Statistics,
                TimestampNs = 2_000_000_000,
                Kdamond = "<b onx",
                KdamondTid = 7,
                SchemeIndex = 3,
                Statistics = new(1, 8 << 20, 1, 4 << 20, 0, 2, 1),
            }));

        string page = Write(recording, new HtmlOptions { StaticOnly = true });

        Assert.Contains("<h2>What schemes did</h2>", page, StringComparison.Ordinal);
        Assert.Contains("<td>3 of context 0 of &lt;b onx (7)</td>", page, StringComparison.Ordinal);
        Assert.Contains("data-head=\"tried on\">8.00 MiB</td>", page, StringComparison.Ordinal);
        Assert.Contains("data-head=\"acted on\">4.00 MiB</td>", page, StringComparison.Ordinal);
        Assert.DoesNotContain("What schemes did", Write(PageRecording.Make(), new HtmlOptions { StaticOnly = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Losses_labels_and_doubts_stand_on_the_page()
    {
        HandmadeRecording recording = new HandmadeRecording { Lost = 7, Truncation = "at byte 99" }
            .Snapshot(0, [(0, Page, 20, 3)], missing: 2);

        string page = Write(recording, new HtmlOptions { StaticOnly = true });

        Assert.Contains("<li><b>warning</b>: the recording breaks off: at byte 99</li>", page, StringComparison.Ordinal);
        Assert.Contains("<li><b>warning</b>: 7 events were lost, 1 of 1 snapshots lack regions</li>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>events</dt><dd>1, 7 lost</dd>", page, StringComparison.Ordinal);
        Assert.Contains("<dt>intervals</dt><dd>not recorded</dd>", page, StringComparison.Ordinal);
        Assert.Contains("wall clock not recorded", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Tables_list_hot_ranges_by_bytes_times_heat_and_cold_ones_by_size()
    {
        // Means over the recording: 200 Hz on one page and 100 Hz on two, as many accesses, so the larger one first; two cold ranges, the larger one with less age.
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, Page, 20, 9), (Page, 3 * Page, 10, 0), (4 * Page, 6 * Page, 0, 50), (8 * Page, 16 * Page, 0, 40)]);

        string page = Write(recording, new HtmlOptions { StaticOnly = true });

        Assert.Equal(
            ["0x000000001000-0x000000003000", "0x000000000000-0x000000001000", "0x000000008000-0x000000010000", "0x000000004000-0x000000006000"],
            Regex.Matches(page, "<td><button[^>]*>([0-9a-fx-]+)</button>").Select(match => match.Groups[1].Value));
        Assert.Contains("<td class=\"number\" data-head=\"Hz, mean\">200.000</td>", page, StringComparison.Ordinal);

        // 40 aggregation intervals of 100 ms.
        Assert.Contains("<td class=\"number\" data-head=\"unchanged for\">4.00 s</td>", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_large_warm_heap_comes_before_a_small_hot_page()
    {
        // 5 samples of 20 on 20 MiB are more accesses than 20 of 20 on 4 KiB.
        HandmadeRecording recording = new HandmadeRecording()
            .Snapshot(0, [(0, Page, 20, 9), (16 * Page, (16 + 5120) * Page, 5, 9)]);

        string page = Write(recording, new HtmlOptions { StaticOnly = true });

        Assert.Equal("000000010000", Regex.Match(page, "<td><button[^>]*data-start=\"([0-9a-f]+)\"").Groups[1].Value);
    }

    [Fact]
    public void The_headline_and_the_tables_tell_hot_cold_and_unknown_of_each_mapping()
    {
        string page = Write(StatesRecording.Make(), new HtmlOptions { StaticOnly = true });

        // Of the 1,000 pages of the heap 250 of 1,000 followed were accessed within 2 s; of the library nothing is known.
        Assert.Contains("<p>Needs ", page, StringComparison.Ordinal);
        Assert.Contains("within 2.00&#160;s", page, StringComparison.Ordinal);
        Assert.Contains("2.93&#160;MiB cold", page, StringComparison.Ordinal);
        Assert.Contains("400.00&#160;KiB unknown", page, StringComparison.Ordinal);
        Match heap = Regex.Match(page, @"<tr><td>\[heap\]</td>.*?</tr>", RegexOptions.Singleline);
        Assert.Equal(["3.91 MiB", "1000.00 KiB", "2.93 MiB", "0 B"], Cells(heap.Value));
        Match library = Regex.Match(page, @"<tr><td>/lib/a\.so</td>.*?</tr>", RegexOptions.Singleline);
        Assert.Equal(["400.00 KiB", "0 B", "0 B", "400.00 KiB"], Cells(library.Value));
    }

    [Fact]
    public void What_is_unknown_or_not_populated_is_in_no_list_of_cold_memory()
    {
        string page = Write(StatesRecording.Make(), new HtmlOptions { StaticOnly = true });
        string cold = page[page.IndexOf("Largest cold ranges", StringComparison.Ordinal)..];

        Assert.Contains(Start(StatesRecording.Heap + (250 * Page)), cold, StringComparison.Ordinal);
        Assert.DoesNotContain(Start(StatesRecording.Library), cold, StringComparison.Ordinal);
        Assert.DoesNotContain(Start(StatesRecording.Empty), cold, StringComparison.Ordinal);
        Assert.Contains("unknown", Regex.Match(page, "<svg width.*?</svg>", RegexOptions.Singleline).Value, StringComparison.Ordinal);
        Assert.Contains("url(#hatching)", page, StringComparison.Ordinal);

        static string Start(ulong address) => $"data-start=\"{address:x12}\"";
    }

    [Fact]
    public void A_recording_without_estimates_says_what_may_count_as_cold()
    {
        string page = Write(PageRecording.Make(), new HtmlOptions { StaticOnly = true });

        Assert.Contains("memory never touched may count as cold", page, StringComparison.Ordinal);
        Assert.Contains("No advice on sizes", page, StringComparison.Ordinal);
        Assert.DoesNotContain("url(#hatching)", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_stays_small_however_much_was_recorded()
    {
        // What compresses worst: 1000 regions that all change with every snapshot.
        Random random = new(1);
        HandmadeRecording recording = new();
        for (int i = 0; i < 600; i++)
        {
            (ulong, ulong, uint, uint)[] regions = new (ulong, ulong, uint, uint)[1000];
            for (int region = 0; region < regions.Length; region++)
            {
                ulong start = (ulong)region * 64 * Page;
                regions[region] = (start, start + (64 * Page), (uint)random.Next(21), (uint)random.Next(100));
            }

            recording.Snapshot(i, regions);
        }

        string page = Write(recording, new HtmlOptions());

        // A noise that no process makes; real recordings take a tenth of it.
        Assert.InRange(page.Length, 1, 16_000_000);
    }

    [Fact]
    public void A_recording_without_snapshots_gives_no_page()
    {
        StringWriter output = new();

        Assert.False(HtmlReport.Write(() => new HandmadeRecording(), new HtmlOptions(), output, CancellationToken.None));
        Assert.Empty(output.ToString());
    }

    private static IEnumerable<string> Cells(string row) =>
        Regex.Matches(row, "<td class=\"number\"[^>]*>([^<]*)</td>").Select(match => match.Groups[1].Value);

    internal static string Write(HandmadeRecording recording, HtmlOptions options)
    {
        StringWriter output = new();
        Assert.True(HtmlReport.Write(() => recording, options, output, CancellationToken.None));
        return output.ToString();
    }

    /// <summary>All but the scripts, whose library may mention anything.</summary>
    private static string Head(string page) => Regex.Replace(page, "<script>.*?</script>", "", RegexOptions.Singleline);
}
