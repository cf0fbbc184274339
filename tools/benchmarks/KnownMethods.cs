using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Damon.Trace.Benchmarks;

/// <summary>
/// A .NET process whose methods know which memory they access, as tests/Cli/Who/workload.c does it for C: three methods on three ranges, by two
/// threads; and what <c>damon-trace who</c> says of it, beside the truth.
/// </summary>
internal static unsafe class KnownMethods
{
    private const int Words = 131_072;
    private const int Ranges = 3;
    private const int Threads = 2;

    private static readonly string[] s_methods = [nameof(ReadWords), nameof(WriteWords), nameof(UpdateWords)];

    // Range and method of each pass.
    private static readonly (int Range, int Method)[] s_round = [(0, 0), (1, 2), (0, 0), (2, 1), (0, 1), (1, 0), (0, 0), (2, 2), (1, 0)];

    private static readonly long*[] s_ranges = new long*[Ranges];
    private static readonly long[,] s_passes = new long[Ranges, 3];
    private static volatile bool s_isOver;

    /// <summary>Is that process: prints its ranges, works until SIGTERM, prints accesses and writes of each range and method.</summary>
    internal static int Run()
    {
        using var end = PosixSignalRegistration.Create(PosixSignal.SIGTERM, static context =>
        {
            context.Cancel = true;
            s_isOver = true;
        });
        List<string> line = [$"{Environment.ProcessId}"];
        for (int i = 0; i < Ranges; i++)
        {
            s_ranges[i] = (long*)NativeMemory.AlignedAlloc(Words * sizeof(long), 4096);
            new Span<long>(s_ranges[i], Words).Fill(1);
            line.Add($"0x{(ulong)s_ranges[i]:x}-0x{(ulong)(s_ranges[i] + Words):x}");
        }

        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(static _ => new Thread(Work))];
        Array.ForEach(threads, static thread => thread.Start());

        // Until the runtime has compiled them for good.
        Thread.Sleep(2000);
        Console.WriteLine(string.Join(' ', line));
        Array.ForEach(threads, static thread => thread.Join());
        for (int range = 0; range < Ranges; range++)
        {
            for (int method = 0; method < 3; method++)
            {
                long passes = s_passes[range, method] * Words;
                Console.WriteLine(FormattableString.Invariant($"{range} {s_methods[method]} {passes * (method == 2 ? 2 : 1)} {(method == 0 ? 0 : passes)}"));
            }
        }

        return 0;
    }

    /// <summary>Writes a table in Markdown: shares of methods and of writes, with their intervals, beside the truth.</summary>
    internal static void Write(string damonTrace, TextWriter output)
    {
        output.WriteLine("| range | method | share | truth | writes of the range | truth |");
        output.WriteLine("|---|---|---|---|---|---|");
        using Process process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["methods"]) { RedirectStandardOutput = true })!;
        string[] ranges = process.StandardOutput.ReadLine()!.Split(' ')[1..];
        string[] arguments =
        [
            "who", "-p", $"{process.Id}", "--address-range", string.Join(',', ranges), "--dotnet-methods", "--by", "watchpoints", "--duration", "15s",
            "--probes-per-second", "1000", "--target-budget", "20%", "--cpu-budget", "50%", "--json",
        ];
        using Process who = Process.Start(new ProcessStartInfo(damonTrace, arguments) { RedirectStandardOutput = true })!;
        JsonElement said = JsonDocument.Parse(who.StandardOutput.ReadToEnd()).RootElement;
        using (Process kill = Process.Start("kill", ["-TERM", $"{process.Id}"]))
        {
            kill.WaitForExit();
        }

        string[][] truths = [.. process.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Split(' '))];
        for (int i = 0; i < Ranges; i++)
        {
            string[][] here = [.. truths.Where(truth => truth[0] == $"{i}" && truth[2] != "0")];
            double all = here.Sum(static truth => Number(truth[2]));
            JsonElement range = said.GetProperty("ranges").EnumerateArray().First(range => ranges[i].StartsWith($"0x{range.GetProperty("start").GetUInt64():x}-", StringComparison.Ordinal));
            string writes = $"{Interval(range.GetProperty("writes"))} | {Percent(here.Sum(static truth => Number(truth[3])) / all)}";
            foreach (string[] truth in here)
            {
                JsonElement[] functions = [.. range.GetProperty("functions").EnumerateArray()
                    .Where(function => function.GetProperty("function").GetString()!.Contains(truth[1], StringComparison.Ordinal))];
                string share = functions.Length == 0 ? "not seen" : functions.Length == 1 ? Interval(functions[0])
                    : Percent(functions.Sum(static function => function.GetProperty("share").GetDouble()));
                output.WriteLine($"| {i} | {truth[1]} | {share} | {Percent(Number(truth[2]) / all)} | {writes} |");
            }
        }

        output.WriteLine();
        output.WriteLine($"{said.GetProperty("counts").GetProperty("probes")} looks, {said.GetProperty("counts").GetProperty("hits")} hits; "
            + $"modules {string.Join(", ", said.GetProperty("ranges")[0].GetProperty("functions").EnumerateArray().Select(static function => function.GetProperty("module").GetString()).Distinct())}; "
            + $"remarks: {string.Join("; ", said.GetProperty("remarks").EnumerateArray().Select(static remark => remark.GetString()))}");
    }

    private static void Work()
    {
        long sum = 0;
        while (!s_isOver)
        {
            foreach ((int range, int method) in s_round)
            {
                switch (method)
                {
                    case 0: sum += ReadWords(s_ranges[range]); break;
                    case 1: WriteWords(s_ranges[range]); break;
                    default: UpdateWords(s_ranges[range]); break;
                }

                Interlocked.Increment(ref s_passes[range, method]);
            }
        }

        GC.KeepAlive(sum);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long ReadWords(long* words)
    {
        // Of a word that nobody uses the compiler reads four bytes of eight, to find out whether it could.
        long sum = 0;
        for (int i = 0; i < Words; i++)
        {
            sum += Volatile.Read(ref words[i]);
        }

        return sum;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void WriteWords(long* words)
    {
        for (int i = 0; i < Words; i++)
        {
            Volatile.Write(ref words[i], i);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void UpdateWords(long* words)
    {
        for (int i = 0; i < Words; i++)
        {
            // Two instructions: read, and written back.
            long word = Volatile.Read(ref words[i]);
            Volatile.Write(ref words[i], (word * 3) + 1);
        }
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Interval(JsonElement share) => FormattableString.Invariant(
        $"{100 * share.GetProperty("share").GetDouble():F1} % ({100 * share.GetProperty("low").GetDouble():F1}-{100 * share.GetProperty("high").GetDouble():F1})");

    private static string Percent(double share) => FormattableString.Invariant($"{100 * share:F1} %");
}
