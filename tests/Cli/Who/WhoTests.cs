using System.Diagnostics;
using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Who;

/// <summary>Who touches a range, of processes that know it.</summary>
[Trait("Category", "Linux")]
public sealed class WhoTests
{
    // Of the truth, at 1,000 hits and more: three standard errors of a share of one half are 4.7 points.
    private const double Tolerance = 0.05;

    // Of watchpoints, whose looks weigh unequally: 3.3 standard errors (one comparison in 1,000) of the 1.96 that an interval reaches.
    private const double Widths = 3.3 / 1.96;
    private const double WidestInterval = 0.2;

    /// <summary>Shares are of accesses, or of CPU time, as the sampler says; the workload knows both.</summary>
    [Theory]
    [InlineData("instructions", 2, "-fno-omit-frame-pointer", true)]
    [InlineData("instructions", 2, "-fomit-frame-pointer", false)]
    [InlineData("watchpoints", 15, "-fno-omit-frame-pointer", true)]
    public async Task Shares_AreThoseOfTheWorkload(string sampler, int seconds, string compilerOption, bool hasCallers)
    {
        using var workload = WorkloadRun.Start(compilerOption, "4");

        // Looks are as many as the target gets CPU time, or this process.
        CommandRun run;
        JsonElement json;
        do
        {
            run = await RunAsync(
                "who", "-p", $"{workload.Pid}", "--address-range", string.Join(',', workload.Ranges), "--by", sampler, "--duration", $"{seconds}s",
                "--probes-per-second", "1000", "--target-budget", "20%", "--cpu-budget", "50%", "--json");
            json = JsonDocument.Parse(run.Output).RootElement;
            seconds *= 3;
        }
        while (json.GetProperty("counts").GetProperty("hits").GetInt64() < 1000 && seconds < 150);

        IReadOnlyList<WorkloadRun.Truth> truths = workload.Stop();
        bool ofAccesses = sampler == "watchpoints";

        // Where a stop takes too long for short windows who says that its shares are unsure: then only that it finds all functions.
        bool isUnsure = IsUnsure(json);
        Assert.False(isUnsure && !ofAccesses, run.Output);
        Assert.True(json.GetProperty("counts").GetProperty("hits").GetInt64() >= 1000, run.Output);

        // Ten are under way at a time: where four of them are in one thread they are no registers of others.
        Assert.Equal(0, json.GetProperty("counts").GetProperty("no_debug_register").GetInt64());
        Assert.Equal(3, json.GetProperty("ranges").GetArrayLength());
        for (int i = 0; i < 3; i++)
        {
            JsonElement range = json.GetProperty("ranges").EnumerateArray()
                .Single(range => $"0x{range.GetProperty("start").GetUInt64():x}-0x{range.GetProperty("end").GetUInt64():x}" == workload.Ranges[i]);
            WorkloadRun.Truth[] here = [.. truths.Where(truth => truth.Range == i && truth.Accesses > 0)];
            double Weight(WorkloadRun.Truth truth) => ofAccesses ? truth.Accesses : truth.CpuNs;

            // A look beside an update sees its read and its write: two accesses in the time of one pass.
            double Seen(WorkloadRun.Truth truth) => ofAccesses || truth.Function != "update_words" ? Weight(truth) : 2 * Weight(truth);
            double all = here.Sum(Seen);
            foreach (WorkloadRun.Truth truth in here)
            {
                double expected = Seen(truth) / all;
                JsonElement[] functions = [.. range.GetProperty("functions").EnumerateArray()
                    .Where(function => function.GetProperty("function").GetString() == truth.Function)];
                Assert.True(functions.Length > 0, $"range {i}: {truth.Function} was not seen\n{run.Output}");
                double found = functions.Sum(static function => function.GetProperty("share").GetDouble());
                Assert.True(
                    isUnsure || Math.Abs(found - expected) < ToleranceOf(functions[0], ofAccesses),
                    $"range {i}, {truth.Function}: {found:P1}, truth {expected:P1}\n{run.Output}");
            }

            double writes = here.Sum(truth => Seen(truth) * truth.Writes / truth.Accesses) / all;
            JsonElement written = range.GetProperty("writes");
            double share = written.GetProperty("share").GetDouble();
            Assert.True(
                isUnsure || Math.Abs(share - writes) < ToleranceOf(written, ofAccesses), $"range {i}, writes: {share:P1}, truth {writes:P1}\n{run.Output}");
            Assert.Equal(hasCallers, range.GetProperty("functions")[0].GetProperty("caller").GetString() == "work" ||
                range.GetProperty("functions")[0].GetProperty("caller").GetString() == "pass");
        }
    }

    private static bool IsUnsure(JsonElement json) => json.GetProperty("remarks").EnumerateArray()
        .Any(static remark => remark.GetString()!.Contains("as many accesses as one can", StringComparison.Ordinal));

    private static double ToleranceOf(JsonElement share, bool ofAccesses)
    {
        double interval = share.GetProperty("high").GetDouble() - share.GetProperty("low").GetDouble();
        Assert.InRange(interval, 0, WidestInterval);
        return ofAccesses ? Widths * interval / 2 : Tolerance;
    }

    /// <summary>
    /// The CPU time that the kernel counts for each thread is the truth: of ten threads together the share differs from it by chance only. Chi-square of
    /// ten groups is 9, and its standard deviation 4.2, of which seven are allowed.
    /// </summary>
    [Theory]
    [InlineData("instructions")]
    [InlineData("watchpoints")]
    public async Task HundredThreads_HaveTheirSharesOfCpuTime(string sampler)
    {
        using var workload = WorkloadRun.Start("-fno-omit-frame-pointer", "100");
        Dictionary<int, long> before = workload.CpuOfThreads();

        CommandRun run = await RunAsync("who", "-p", $"{workload.Pid}", "--address-range", string.Join(',', workload.Ranges), "--by", sampler,
            "--duration", "10s", "--probes-per-second", "1000", "--target-budget", "20%", "--cpu-budget", "50%", "--json");

        Dictionary<int, long> after = workload.CpuOfThreads();
        Dictionary<int, double> cpu = after.Where(thread => before.ContainsKey(thread.Key) && thread.Key != workload.Pid)
            .ToDictionary(static thread => thread.Key, thread => (double)(thread.Value - before[thread.Key]));
        JsonElement[] ranges = [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("ranges").EnumerateArray()];
        Dictionary<int, double> seen = ranges.SelectMany(range => range.GetProperty("threads").EnumerateArray()
                .Select(thread => (Tid: thread.GetProperty("tid").GetInt32(), Draws: thread.GetProperty("share").GetDouble() * range.GetProperty("effective_hits").GetDouble())))
            .GroupBy(static thread => thread.Tid).ToDictionary(static thread => thread.Key, static thread => thread.Sum(static one => one.Draws));
        double draws = seen.Values.Sum();
        double all = cpu.Values.Sum();
        double chiSquare = cpu.GroupBy(static thread => thread.Key % 10).Sum(group =>
        {
            double expected = group.Sum(static thread => thread.Value) / all * draws;
            double difference = group.Sum(thread => seen.GetValueOrDefault(thread.Key)) - expected;
            return difference * difference / expected;
        });
        Assert.Equal(100, cpu.Count);
        Assert.True(draws > 20, run.Output);
        Assert.True(chiSquare < 9 + (7 * 4.2), $"chi-square {chiSquare:F0} of {draws:F0} draws\n{run.Output}");
    }

    /// <summary>calls.c: two thirds of the accesses are made by system calls, one third of them write.</summary>
    [Fact]
    public async Task SystemCalls_AreTheKernelsAccesses()
    {
        using var program = new CProgram("calls", "-fno-omit-frame-pointer");
        using var folder = new TemporaryFolder();
        using Process calls = Process.Start(new ProcessStartInfo(program.Path, [folder.File("data")]) { RedirectStandardOutput = true })!;
        try
        {
            string range = calls.StandardOutput.ReadLine()!.Split(' ')[1];

            CommandRun run = await RunAsync("who", "-p", $"{calls.Id}", "--address-range", range, "--by", "watchpoints", "--duration", "8s",
                "--probes-per-second", "1000", "--target-budget", "20%", "--cpu-budget", "50%", "--json");

            JsonElement json = JsonDocument.Parse(run.Output).RootElement;
            Assert.SkipWhen(json.GetProperty("shares_of").GetString()!.Contains("user code", StringComparison.Ordinal), "the kernel's accesses may not be watched");
            JsonElement found = json.GetProperty("ranges")[0];
            foreach ((string name, double truth) in new[] { ("kernel", 2 / 3.0), ("writes", 1 / 3.0) })
            {
                double share = found.GetProperty(name).GetProperty("share").GetDouble();
                Assert.True(IsUnsure(json) || Math.Abs(share - truth) < ToleranceOf(found.GetProperty(name), ofAccesses: true), $"{name} {share:P1}, truth {truth:P1}\n{run.Output}");
            }

            JsonElement[] functions = [.. found.GetProperty("functions").EnumerateArray()];
            Assert.Contains(functions, static function => function.GetProperty("function").GetString() == "read_words" && !function.GetProperty("is_kernel").GetBoolean());
            Assert.Contains(functions, static function => function.GetProperty("module").GetString() == "[kernel]" && function.GetProperty("is_kernel").GetBoolean());
        }
        finally
        {
            calls.Kill();
            await calls.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task Exec_EndsItWithWhatWasFound()
    {
        using var workload = WorkloadRun.Start("-fno-omit-frame-pointer", "2", "1500");

        CommandRun run = await RunAsync("who", "-p", $"{workload.Pid}", "--address-range", workload.Ranges[0], "--duration", "20s");

        Assert.Contains("the process executed another program after ", run.Output, StringComparison.Ordinal);
        Assert.Contains("read_words (workload)", run.Output, StringComparison.Ordinal);
        Assert.All(run.Output.Split('\n'), static line => Assert.True(line.Length <= 80, line));
    }

    /// <summary>sparse.c accesses 26 words of each 2 MB, so none of its random bytes; workload.c all of its memory, some hundred times a second.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Auto_SaysWhatItDecidedAndWhy(bool isSparse)
    {
        using SparseRun? sparse = isSparse ? new SparseRun() : null;
        using WorkloadRun? workload = isSparse ? null : WorkloadRun.Start("-fno-omit-frame-pointer", "4");
        string[] target = ["-p", $"{sparse?.Pid ?? workload!.Pid}", "--address-range", sparse?.Range ?? string.Join(',', workload!.Ranges)];

        CommandRun run = await RunAsync(["who", .. target, "--duration", "4s", "--target-budget", "20%", "--cpu-budget", "50%", "--json"]);

        JsonElement json = JsonDocument.Parse(run.Output).RootElement;
        string remarks = string.Join('\n', json.GetProperty("remarks").EnumerateArray().Select(static remark => remark.GetString()));
        Assert.SkipWhen(remarks.Contains("no watchpoints", StringComparison.Ordinal), remarks);
        Assert.Equal(isSparse ? "instructions" : "watchpoints", json.GetProperty("sampler").GetString());
        Assert.Matches(
            isSparse ? "by instructions and not by watchpoints: [0-9]+ of [0-9]+ random bytes w[a-z]+ accessed while watched" : "by watchpoints.*: [1-9][0-9]* of [0-9]+",
            remarks);

        // Time that watchpoints took to be found of no use is not that of the instructions.
        Assert.InRange(json.GetProperty("duration_seconds").GetDouble(), 4, 8);
    }

    /// <summary>code.c executes sixteen times as much memory as it writes; a region may hold both where they are neighbours.</summary>
    [Theory]
    [InlineData("apart")]
    [InlineData("beside")]
    public async Task Hottest_LeavesOutCodeAndSaysSo(string data)
    {
        using var program = new CProgram("code");
        using Process code = Process.Start(new ProcessStartInfo(program.Path, [data]) { RedirectStandardOutput = true })!;
        try
        {
            string[] words = code.StandardOutput.ReadLine()!.Split(' ');
            (ulong start, ulong end) = RangeOf(words[1]);

            CommandRun run = await RunAsync("who", "-p", $"{code.Id}", "--hottest", "3", "--monitor", "2s", "--duration", "1s", "--target-budget", "20%", "--json");

            JsonElement json = JsonDocument.Parse(run.Output).RootElement;
            JsonElement[] ranges = [.. json.GetProperty("ranges").EnumerateArray()];
            Assert.All(ranges, range => Assert.False(
                range.GetProperty("start").GetUInt64() < end && range.GetProperty("end").GetUInt64() > start, $"{words[1]} is code\n{run.Output}"));
            Assert.Contains(ranges, static range => range.GetProperty("functions").EnumerateArray()
                .Any(static function => function.GetProperty("function").GetString() == "write_data"));
            Assert.Contains(json.GetProperty("remarks").EnumerateArray(), static remark =>
                remark.GetString()!.StartsWith("code is left out, ", StringComparison.Ordinal));
        }
        finally
        {
            code.Kill();
            await code.WaitForExitAsync();
        }

        static (ulong Start, ulong End) RangeOf(string text)
        {
            ulong[] ends = [.. text.Split('-').Select(static end => Convert.ToUInt64(end, 16))];
            return (ends[0], ends[1]);
        }
    }

    [Fact]
    public async Task DotNetMethods_HaveTheirNames()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        (ulong start, ulong end) = ExerciserTruth.Range(exerciser.Ready, "hot");

        CommandRun run = await RunAsync(
            "who", "-p", $"{exerciser.Pid}", "--address-range", $"0x{start:x}-0x{end:x}", "--duration", "1s", "--target-budget", "20%", "--dotnet-methods", "--json");

        JsonElement first = JsonDocument.Parse(run.Output).RootElement.GetProperty("ranges")[0].GetProperty("functions")[0];
        Assert.Contains("Toucher", first.GetProperty("function").GetString(), StringComparison.Ordinal);
        Assert.Equal("[dotnet jit]", first.GetProperty("module").GetString());
    }

    [Fact]
    public async Task Folded_EndsInTheFunctionsThatAccess()
    {
        using var workload = WorkloadRun.Start("-fno-omit-frame-pointer", "1");

        CommandRun run = await RunAsync("who", "-p", $"{workload.Pid}", "--hottest", "2", "--monitor", "1s", "--duration", "1s", "--folded");

        string[] lines = run.Output.TrimEnd().Split('\n');
        Assert.All(lines, static line => Assert.Matches("^[^;]+(;[^;]+)* [1-9][0-9]*$", line));
        Assert.Contains(lines, static line => line.Contains(";work;", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("no process to look at", "who")]
    [InlineData("who looks at one process, not at 2", "who", "-p", "1,2")]
    [InlineData("unknown command or option 'redis-server'", "who", "redis-server")]
    [InlineData("'redis-server' is not a process id: use e.g. -p 99, or -n for a name", "who", "-p", "redis-server")]
    [InlineData("exclude each other", "who", "-p", "1", "--mapping", "x", "--address-range", "0x1000-0x2000")]
    [InlineData("exclude each other", "who", "-p", "1", "--json", "--folded")]
    [InlineData("there is no way 'magic'", "who", "-p", "1", "--by", "magic")]
    [InlineData("--probes-per-second", "who", "-p", "1", "--probes-per-second", "0")]
    [InlineData("--duration is 0", "who", "-p", "1", "--duration", "0")]
    [InlineData("is not an address range", "who", "-p", "1", "--address-range", "0x1000-0x1000,x")]
    public async Task Mistake_IsOneLineAndAHint(string message, params string[] arguments) =>
        (await CommandRun.RunAsync(arguments)).AssertMistake(ExitCode.Usage, message);

    [Theory]
    [InlineData("hint: for a process of that name use -n redis-server; ", "redis-server")]
    [InlineData("hint: for the process of that id use -p 99; ", "99")]
    public async Task ArgumentWithoutOption_IsTakenForTheProcess(string hint, string argument) =>
        Assert.Contains(hint, (await CommandRun.RunAsync("who", argument)).Error, StringComparison.Ordinal);

    /// <summary>By name, as record takes it: the only one that matches, no one, and too many.</summary>
    [Fact]
    public async Task Name_IsThatOfOneProcess()
    {
        using var folder = new TemporaryFolder();
        string name = $"who{Environment.ProcessId}";
        using var program = new CProgram("code");
        File.Copy(program.Path, folder.File(name));
        using Process first = Process.Start(new ProcessStartInfo(folder.File(name)) { RedirectStandardOutput = true })!;
        try
        {
            string[] who = ["who", "-n", name, "--address-range", first.StandardOutput.ReadLine()!.Split(' ')[2], "--duration", "500ms", "--target-budget", "20%"];
            Assert.StartsWith($"pid {first.Id} ({name}): ", (await RunAsync(who)).Output, StringComparison.Ordinal);
            (await CommandRun.RunAsync("who", "-n", name + "x")).AssertMistake(ExitCode.TargetGone, $"no process matches name:{name}x");

            using Process second = Process.Start(new ProcessStartInfo(folder.File(name)) { RedirectStandardOutput = true })!;
            try
            {
                _ = second.StandardOutput.ReadLine();
                CommandRun both = await CommandRun.RunAsync(who);
                both.AssertMistake(ExitCode.Usage, $"who looks at one process, and 2 match name:{name}");
                Assert.Contains($"{second.Id}", both.Error, StringComparison.Ordinal);
            }
            finally
            {
                second.Kill();
                await second.WaitForExitAsync();
            }
        }
        finally
        {
            first.Kill();
            await first.WaitForExitAsync();
        }
    }

    [Fact]
    public async Task WhatIsNotThere_IsSaid()
    {
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "1M", "--warm", "0");
        (ulong start, _) = ExerciserTruth.Range(exerciser.Ready, "cold");
        string pid = $"{exerciser.Pid}";

        (await CommandRun.RunAsync("who", "-p", pid, "--mapping", "libfoo")).AssertMistake(ExitCode.TargetGone, "no mapping named 'libfoo'");
        (await CommandRun.RunAsync("who", "-p", pid, "--address-range", "0x1000-0x2000"))
            .AssertMistake(ExitCode.TargetGone, "no accessible memory in that range");
        CommandRun cold = await CommandRun.RunAsync(
            "who", "-p", pid, "--address-range", $"0x{start + 4096:x}-0x{start + 8192:x}", "--duration", "300ms");
        Assert.SkipWhen(cold.ExitCode == ExitCode.NoAccessCheck, cold.Error);
        Assert.Equal(ExitCode.TargetGone, cold.ExitCode);
        Assert.Contains("no access to it was seen in ", cold.Error, StringComparison.Ordinal);
    }

    /// <summary>Skips where accesses cannot be sampled, with the reason that the command gives.</summary>
    private static async Task<CommandRun> RunAsync(params string[] arguments)
    {
        CommandRun run = await CommandRun.RunAsync(arguments);
        Assert.SkipWhen(run.ExitCode == ExitCode.NoAccessCheck, run.Error);
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        return run;
    }
}
