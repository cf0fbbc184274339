using System.Text;

namespace Damon.Trace.Exporters.Tests.Torture;

/// <summary>
/// Every way such a text was seen to differ from the plain one: other versions and options of perf, trace-cmd, other programs' threads,
/// lost events, several kdamonds, broken files.
/// </summary>
internal static class TortureCases
{
    private const int Count = 30;
    private const string Silent = "silently 0 records";
    private const string Unreadable = "whole file unreadable";
    private const string Whole = "30 snapshots";

    internal static IEnumerable<TortureCase> All =>
        [.. Plain(), .. Columns(), .. Ftrace(), .. Collected(), .. Lines(), .. Losses(), .. Several(), .. Broken()];

    private static IEnumerable<TortureCase> Plain()
    {
        TortureText plain = new TortureText().Snapshots(1000, Count);
        yield return Case("plain", "as perf script prints it", "read", plain);
        yield return Case(
            "padded-name", "several events: names padded to the longest", "read",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}:            damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "tabs", "tab before the event", "read",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}:\tdamon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "pid-tid", "-F +pid: pid/tid", "read",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,6}/{t,-7} {p} {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "nanoseconds", "--ns: nine digits", "read",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}000: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case("large-id", "target_id above 2^63", "read", new TortureText { Target = 18_446_623_435_582_458_880 }.Snapshots(1000, Count));
        yield return Case(
            "no-cpu", "no cpu column", "read",
            new TortureText { HasCpu = false, Line = (c, t, _, s, f) => $"{c,16} {t,7} {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "no-system", "event without its system (trace-cmd, trace_pipe)", "read",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16}-{t} {p} {s,12}: damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "trace-cmd-instance", "trace-cmd report of an instance: its name before the comm", "read",
            new TortureText { Line = (c, t, p, s, f) => $"my_buffer:{c,17}-{t,-5} {p} {s,12}: damon_aggregated:     {f}" }.Snapshots(1000, Count));
        yield return Case(
            "perf-trace", "perf trace: milliseconds, named fields, none that is 0", Unreadable,
            new TortureText { HasCpu = false, Line = (c, t, _, s, f) => $"{Milliseconds(s),10} {c}/{t} damon:damon_aggregated({NonZero(f)})" }.Snapshots(1000, Count));
        yield return Case(
            "perf-trace-print", "perf trace --libtraceevent_print, with durations", Silent,
            new TortureText
            {
                HasCpu = false,
                Line = (c, t, _, s, f) => $"{Milliseconds(s),10} (         ): {c}/{t} damon:damon_aggregated({f})",
            }.Snapshots(1000, Count));
    }

    private static IEnumerable<TortureCase> Columns()
    {
        yield return Case("comm-space", "comm with a blank", Silent, new TortureText { Kdamond = "damon trace" }.Snapshots(1000, Count));
        yield return Case("comm-dotnet", "comm of a .NET thread", Silent, new TortureText { Kdamond = ".NET TP Worker" }.Snapshots(1000, Count));
        yield return Case("comm-utf8", "comm with a letter that is not ASCII", Unreadable, new TortureText { Kdamond = "dämon" }.Snapshots(1000, Count));
        yield return Case(
            "flags", "flags column after the cpu", Silent,
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} d..1 {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "user-events", "event user_events:damon_aggregated", Silent,
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}: user_events:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "user-events-fields", "user_events as the kernel prints them: name=value", Silent,
            new TortureText
            {
                Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}: user_events:damon_aggregated: {Named(f)}",
            }.Snapshots(1000, Count));
        yield return Case(
            "no-age", "kernels 5.15 and 5.16: no age", "read; its converted text is not readable",
            new TortureText { HasAge = false }.Snapshots(1000, Count));
        TortureText hits = new TortureText
        {
            Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}: damon:damon_region_aggregated: {f} probe_hits=14 00",
        }.Snapshots(1000, Count);
        yield return Case(
            "probe-hits", "damon_region_aggregated with probe_hits", Silent, hits,
            Whole + "; the probe_hits of 300 events were left out");
        TortureText twice = new TortureText
        {
            Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}:        damon:damon_aggregated: {f}\n"
                + $"{c,16} {t,7} {p} {s,12}: damon:damon_region_aggregated: {f} probe_hits=14 00",
        }.Snapshots(1000, Count);
        yield return Case(
            "region-twice", "each region by damon_aggregated and damon_region_aggregated", "read", twice,
            Whole + "; 300 events were left out: their threads reported the same regions under another event's name"
            + "; the probe_hits of 300 events were left out");
    }

    /// <summary>The options of ftrace's own text, which Android's tools pass on.</summary>
    private static IEnumerable<TortureCase> Ftrace()
    {
        const string Header = "# tracer: nop\n#\n# entries-in-buffer/entries-written: 300/{0}   #P:4\n#\n#                  || / _--=> preempt-depth\n#              | |         |   ||\n";
        TortureText file = new TortureText { Line = (c, t, p, s, f) => $"{c,16}-{t,-7} {p} ..... {s,12}: damon_aggregated: {f}" }.Snapshots(1000, Count);
        yield return Case("ftrace", "the file trace", "not tried", Text(Header.Replace("{0}", "300", StringComparison.Ordinal) + file, file));
        yield return Case(
            "ftrace-overwritten", "the file trace after its buffer was full", "not tried",
            Text(Header.Replace("{0}", "350", StringComparison.Ordinal) + file, file),
            Whole + ", 50 lost; 50 events of all kinds were overwritten in the trace buffer before it was read");
        yield return Case(
            "record-tgid", "option record-tgid: the thread group in parentheses", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16}-{t,-7} (-------) {p} ..... {s,12}: damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "atrace", "Android: TRACE: and thread groups", "not tried",
            Text("TRACE:\n" + new TortureText { Line = (c, t, p, s, f) => $"{c,16}-{t,-5} ({t,5}) {p} .... {s,12}: damon_aggregated: {f}" }
                .Snapshots(1000, Count), file),
            Whole + "; 1 lines of other events and remarks were skipped, the first remark at line 1, byte 0: \"TRACE:\"");
        yield return Case(
            "whole-times", "clocks x86-tsc and counter, trace-cmd --raw-ts: a whole number", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16}-{t,-7} {p} ..... {s.Replace(".", "", StringComparison.Ordinal)}000: damon_aggregated: {f}" }.Snapshots(1000, Count),
            Whole + "; the times of 300 events are whole numbers without a unit and were taken for nanoseconds: with ftrace's clocks "
            + "x86-tsc and counter they are not, and all durations are wrong");
        string named = new TortureText { Kdamond = "<...>" }.Snapshots(1000, 2).ToString();
        int half = named.IndexOf("100.100005", StringComparison.Ordinal);
        string learnt = named[..half] + named[half..].Replace("    <...>", "kdamond.0", StringComparison.Ordinal)
            + new TortureText().Snapshots(1002, Count - 2);
        TortureText expected = new TortureText().Snapshots(1000, Count);
        expected.Expected[0] = expected.Expected[0].Replace("kdamond.0/", "<...>/", StringComparison.Ordinal);
        yield return Case("name-learnt", "the name of the thread becomes known within a snapshot", "not tried", Text(learnt, expected));
    }

    private static IEnumerable<TortureCase> Collected()
    {
        yield return Case(
            "docker", "docker logs --timestamps", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"2026-11-29T10:40:{s[^2..]}.{s[^6..]}Z {c,16} {t,7} {p} {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "journal", "journalctl", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"Nov 29 10:40:42 host perf[12]: {c,16} {t,7} {p} {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "pod", "kubectl logs --prefix", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"[pod/damon-x7/perf] {c,16} {t,7} {p} {s,12}: damon:damon_aggregated: {f}" }.Snapshots(1000, Count));
        yield return Case(
            "no-event", "-F comm,tid,cpu,time,trace: no event", "not tried",
            new TortureText { Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}: {f}" }.Snapshots(1000, Count),
            Whole + "; 300 lines have no event's name and were taken for damon_aggregated");
        TortureText first = new TortureText().Snapshots(1000, 10);
        TortureText all = new TortureText().Snapshots(1000, Count);
        string rest = all.ToString()[first.ToString().Length..];
        yield return Case(
            "perf-remarks", "perf's standard error among the lines", "not tried",
            Text(first + "[ perf record: Woken up 19 times to write data ]\n" + rest, all),
            Whole + $"; 1 lines of other events and remarks were skipped, the first remark at line 101, byte {first.ToString().Length}: "
            + "\"[ perf record: Woken up 19 times to writ\"");
        yield return Case(
            "lost-chunks", "perf's warning of lost chunks", "not tried",
            Text(first + "Warning:\nProcessed 300 events and lost 2 chunks!\n\nCheck IO/CPU overload!\n\n" + rest, all),
            Whole + ", 2 lost; perf lost 2 chunks of events: how many events were in them is not known, each counts as one here"
            + $"; 2 lines of other events and remarks were skipped, the first remark at line 101, byte {first.ToString().Length}: \"Warning:\"");
    }

    private static IEnumerable<TortureCase> Lines()
    {
        TortureText plain = new TortureText().Snapshots(1000, Count);
        const string Header =
            "# ========\n# captured on    : Sun Nov 22 01:46:00 2026\n# event : name = damon:damon_aggregated, , id = { 1 }\n# ========\n#\n";
        yield return Case("header", "perf script --header", "read", Text(Header + plain, plain));
        yield return Case("comment-4-words", "a comment of exactly 4 words", "IndexError", Text("# a b c\n" + plain, plain));
        yield return Case("comment-5-words", "a comment of 5 words", "read", Text("# made by hand today\n" + plain, plain));
        yield return Case(
            "crlf", "lines end with CR LF", Unreadable, Text(plain.ToString().Replace("\n", "\r\n", StringComparison.Ordinal), plain));
        yield return Case("long-line", "a comment of 20,000 bytes", Unreadable, Text(plain + "#" + new string('x', 20_000) + "\n", plain));
        yield return Case("empty", "an empty file", Unreadable, new TortureText(), "0 snapshots");
        TortureText tune = new TortureText().Snapshot(1000)
            .Raw("       kdamond.0      77 [003]   100.050000: damon:damon_monitor_intervals_tune: sample_us=80000\n").Snapshots(1001, Count - 1);
        yield return Case("tune", "the sampling interval is tuned", "read; the new interval is dropped", tune, Whole + ", 1 interval change");
    }

    private static IEnumerable<TortureCase> Losses()
    {
        yield return Case(
            "lost", "one event lost", "every later snapshot is shifted by one region",
            new TortureText().Snapshots(1000, 10).Snapshot(1010, 5).Snapshots(1011, 19), Whole + ", 1 incomplete");
        yield return Case(
            "lost-last", "the last event of a snapshot lost", "every later snapshot is shifted by one region",
            new TortureText().Snapshots(1000, 10).Snapshot(1010, 9).Snapshots(1011, 19), Whole + ", 1 incomplete");
        TortureText a = new TortureText().Snapshot(1000, 5);
        TortureText b = new TortureText { Target = 1, Base = 2 * TortureText.FirstAddress }.Snapshot(1000);
        TortureText a2 = new TortureText().Snapshot(1000).Snapshot(1001);
        yield return new TortureCase(
            "lost-two-targets", "one event lost, two targets", "IndexError",
            Encoding.UTF8.GetBytes(a + b.ToString() + new TortureText().Snapshot(1001)),
            [b.Expected[0], a.Expected[0], a2.Expected[1]], "3 snapshots, 1 incomplete");
    }

    private static IEnumerable<TortureCase> Several()
    {
        TortureText other = new() { Target = 1, Base = 2 * TortureText.FirstAddress };
        TortureText turn = new();
        StringBuilder text = new();
        List<string> expected = [];
        for (int i = 0; i < 15; i++)
        {
            text.Append(new TortureText().Snapshot(1000 + i)).Append(
                new TortureText { Target = 1, Base = 2 * TortureText.FirstAddress }.Snapshot(1000 + i));
            turn.Snapshot(1000 + i);
            other.Snapshot(1000 + i);
            expected.AddRange([turn.Expected[i], other.Expected[i]]);
        }

        yield return new TortureCase(
            "two-targets", "two targets, one after the other", "read", Encoding.UTF8.GetBytes(text.ToString()), expected, Whole);
        yield return Interleaved(
            "two-targets-interleaved", "two targets, their lines by turns", "IndexError",
            new TortureText { Kdamond = "kdamond.1", Tid = 78, Target = 1, Base = 2 * TortureText.FirstAddress });
        yield return Interleaved(
            "two-kdamonds-interleaved", "two kdamonds with the same target_id, their lines by turns", "one record of both, silently",
            new TortureText { Kdamond = "kdamond.1", Tid = 78, Base = 2 * TortureText.FirstAddress });
        yield return Case(
            "unsorted", "a snapshot earlier than the one before", "error: not time-sorted",
            new TortureText().Snapshot(1100).Snapshots(1000, Count - 1),
            Whole + "; time goes back 1 times: durations and ages across these places are wrong (recordings put together, or a clock that was set?)");
        yield return Case("one-snapshot", "one snapshot only", "TypeError", new TortureText().Snapshot(1000), "1 snapshot");
    }

    private static IEnumerable<TortureCase> Broken()
    {
        TortureText plain = new TortureText().Snapshots(1000, Count);
        string[] last = new TortureText().Snapshot(1030).ToString().Split('\n');
        string begun = plain + last[0] + "\n" + last[1] + "\n" + last[2] + "\n";
        TortureText rest = new TortureText().Snapshots(1000, Count).Snapshot(1030, 3, 4, 5, 6, 7, 8, 9);
        yield return Case(
            "truncated", "the file ends within a line", "read, the last snapshot short", Text(begun + last[3][..40], rest),
            $"31 snapshots, 1 incomplete; line 304, byte {begun.Length}: the text ends within a line");
        TortureText ages = new TortureText
        {
            Line = (c, t, p, s, f) => $"{c,16} {t,7} {p} {s,12}: damon:damon_aggregated: {f[..f.LastIndexOf(' ')]} -1",
        }.Snapshots(1000, Count);
        int age = ages.ToString().IndexOf("-1\n", StringComparison.Ordinal);
        yield return Case(
            "negative-age", "an age of -1", "read", Text(ages.ToString(), new TortureText()),
            $"refused: line 1, byte {age}: expected the age or the end of the line, found \"-1\"");
        string none = plain.ToString().Replace(" 1000\n", " None\n", StringComparison.Ordinal);
        int word = none.IndexOf("None", StringComparison.Ordinal);
        yield return Case(
            "none-age", "an age of None, as damo's own conversion writes it", "ValueError", Text(none, new TortureText()),
            $"refused: line 1, byte {word}: expected the age or the end of the line, found \"None\"");
        yield return Case(
            "not-text", "a picture", Unreadable, Text("\u0001PNG\n\u0002\u0003\n", new TortureText()),
            "refused: line 1, byte 0: expected a line of the form: comm tid [cpu] time: event: fields, found \".PNG\"");
        yield return Case(
            "other-text", "a text of something else", "not tried", Text("hello\n", new TortureText()),
            "refused: line 1, byte 0: expected a line of the form: comm tid [cpu] time: event: fields, found \"hello\", and no event in 1 lines"
            + "; hint: perf record -e damon:damon_aggregated -a, then perf script");
    }

    private static TortureCase Interleaved(string name, string what, string damo, TortureText other)
    {
        (string text, List<string> expected) = TortureText.Interleave(new TortureText(), other, 15);
        return new TortureCase(name, what, damo, Encoding.UTF8.GetBytes(text), expected, Whole);
    }

    private static string Milliseconds(string time) => time.Replace(".", "", StringComparison.Ordinal).Insert(time.Length - 4, ".");

    private static string NonZero(string fields) => string.Join(
        ", ",
        Named(fields).Split(' ').Where(field => !field.EndsWith("=0", StringComparison.Ordinal)).Select(field => field.Replace("=", ": ", StringComparison.Ordinal)));

    private static string Named(string fields)
    {
        string[] words = fields.Split(' ');
        string[] range = words[2].TrimEnd(':').Split('-');
        return $"{words[0]} {words[1]} start={range[0]} end={range[1]} nr_accesses={words[3]} age={words[4]}";
    }

    private static (string Text, List<string> Expected) Text(string text, TortureText expected) => (text, expected.Expected);

    private static TortureCase Case(string name, string what, string damo, TortureText text, string verdict = Whole) =>
        Case(name, what, damo, (text.ToString(), text.Expected), verdict);

    private static TortureCase Case(
        string name, string what, string damo, (string Text, List<string> Expected) content, string verdict = Whole) =>
        new(name, what, damo, Encoding.UTF8.GetBytes(content.Text), content.Expected, verdict);
}
