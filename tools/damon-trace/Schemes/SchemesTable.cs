using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Reports;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary>What schemes did, a line for each and second.</summary>
internal sealed class SchemesTable(IReadOnlyList<AppliedScheme> schemes, TextWriter output)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly SchemeActivity[] _before = [.. schemes.Select(static scheme => scheme.Activity)];
    private bool _hasHeading;

    /// <summary>What was done since the line before.</summary>
    internal void WriteSecond()
    {
        if (!_hasHeading)
        {
            _hasHeading = true;
            output.WriteLine("  time scheme         matched        asked     acted on  came back    work");
        }

        for (int i = 0; i < schemes.Count; i++)
        {
            SchemeActivity now = schemes[i].Activity;
            SchemeActivity before = _before[i];
            _before[i] = now;
            string work = (now.ActionTime - before.ActionTime).TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{_clock.Elapsed.TotalSeconds,5:F0}s {ReportText.ShortName(schemes[i].Scheme.Title, 10),-10} {Size(now.Counters.SzTried - before.Counters.SzTried),11} {Size(now.AskedBytes - before.AskedBytes),12} {Size(now.AppliedBytes - before.AppliedBytes),12} {Size(now.ReturnedBytes - before.ReturnedBytes),10} {work,5}ms{(now.IsOn ? "" : " off")}{Brake(now, before)}"));
        }

        output.Flush();
    }

    /// <summary>All of it in one sentence.</summary>
    internal static string Total(AppliedScheme scheme, bool dryRun)
    {
        SchemeActivity all = scheme.Activity;
        string refused = string.Join(", ", all.Refused.Where(static one => one.Key != SchemeRefusal.Hole && one.Value > 0)
            .Select(static one => $"{Name(one.Key)} {Size(one.Value)}"));
        string done = dryRun ? $"would have acted on {Size(all.AskedBytes)}" : $"acted on {Size(all.AppliedBytes)}, {Size(all.ReturnedBytes)} came back";
        return $"{scheme.Scheme.Title}: matched {Size(all.Counters.SzTried)} in {all.Counters.NrTried} regions, {done}"
            + (refused.Length > 0 ? $"; left alone: {refused}" : "");
    }

    private static string Brake(SchemeActivity now, SchemeActivity before) =>
        now.LeastAge > before.LeastAge ? $" too much came back: from now on only what was idle for {HumanText.Seconds(now.LeastAge)}"
        : now.LeastAge == before.LeastAge ? ""
        : now.LeastAge == TimeSpan.Zero ? " little came back: from now on as the scheme says"
        : $" little came back: from now on what was idle for {HumanText.Seconds(now.LeastAge)}";

    private static string Size(ulong bytes) => bytes == 0 ? "0" : ReportText.ShortSize(bytes);

    private static string Name(SchemeRefusal refusal) => refusal switch
    {
        SchemeRefusal.NoSwap => "without swap",
        SchemeRefusal.Shared => "shared",
        SchemeRefusal.Locked => "locked",
        SchemeRefusal.NotWritable => "of files not writable",
        SchemeRefusal.Executable => "code",
        SchemeRefusal.Filtered => "filtered",
        _ => "other",
    };
}
