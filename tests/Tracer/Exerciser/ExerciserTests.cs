extern alias exerciser;

using System.Text.Json;
using exerciser::Damon.Trace.Exerciser;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Exerciser;

public sealed class ExerciserTests
{
    [Fact]
    public void Ranges_are_disjoint_and_as_large_as_asked()
    {
        const int Mega = 1 << 20;
        using ExerciserProcess exerciser = ExerciserProcess.Start(
            "--size 16M --hot 2M --warm 3M --static-rss 4M --mlock 64K --shared 1M --mmaps 10 --duration 20s");

        Assert.Equal(2ul * Mega, exerciser["hot"].Size);
        Assert.Equal(3ul * Mega, exerciser["warm"].Size);
        Assert.Equal(11ul * Mega, exerciser["cold"].Size);
        Assert.Equal(4ul * Mega, exerciser["static"].Size);
        Assert.Equal(64ul * 1024, exerciser["locked"].Size);
        Assert.Equal(1ul * Mega, exerciser["shared"].Size);
        Assert.Equal(1ul * Mega, exerciser["shared-again"].Size);
        Assert.Equal(10ul * 4096, exerciser["mmaps"].Size);
        TruthRange[] sorted = [.. exerciser.Ranges.OrderBy(range => range.Start)];
        Assert.All(sorted.Zip(sorted.Skip(1)), pair => Assert.True(pair.First.End <= pair.Second.Start));
    }

    [Fact]
    public void The_mapping_is_hot_then_warm_then_cold_and_lies_alone()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 8M --hot 1M --warm 1M --static-rss 4M --duration 20s");

        Assert.Equal(exerciser["hot"].End, exerciser["warm"].Start);
        Assert.Equal(exerciser["warm"].End, exerciser["cold"].Start);
        List<Mapping> mappings = ReadMappings(exerciser.Pid);
        Assert.Contains(mappings, mapping => mapping.Start == exerciser["hot"].Start && mapping.End == exerciser["cold"].End);
        Assert.Contains(mappings, mapping => mapping.Start == exerciser["static"].Start && mapping.End == exerciser["static"].End);
    }

    [Fact]
    public void Sigterm_ends_it_with_the_truth()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 4M --hot 1M --warm 1M --warm-period 50ms --throttle 1ms");
        Thread.Sleep(300);

        (int exitCode, JsonElement truth) = exerciser.Finish();

        Assert.Equal(0, exitCode);
        Assert.Equal("truth", truth.GetProperty("event").GetString());
        Assert.Equal(exerciser.Ranges, TruthRange.ReadAll(truth));
        Assert.True(truth.GetProperty("counts").GetProperty("hot_sweeps").GetInt64() > 1);
        Assert.True(truth.GetProperty("throughput").GetProperty("touches_per_cpu_second").GetDouble() > 0);
    }

    [Fact]
    public void Sigusr1_tells_what_was_done_so_far_and_work_goes_on()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 4M --hot 1M --warm 0 --throttle 1ms");
        JsonElement first = exerciser.AskProgress();
        Thread.Sleep(300);
        JsonElement second = exerciser.AskProgress();
        (_, JsonElement truth) = exerciser.Finish();

        Assert.Equal("progress", first.GetProperty("event").GetString());
        long[] touches = [Touches(first), Touches(second), Touches(truth.GetProperty("counts"))];
        Assert.Equal(touches.Order(), touches);
        Assert.True(touches[0] < touches[1]);
        Assert.True(first.GetProperty("now_ns").GetInt64() < second.GetProperty("now_ns").GetInt64());
        Assert.True(first.GetProperty("cpu_ns").GetInt64() < second.GetProperty("cpu_ns").GetInt64());
    }

    private static long Touches(JsonElement counts) => counts.GetProperty("touches").GetInt64();

    [Fact]
    public void Warm_sweeps_come_once_a_period_and_in_order()
    {
        (int exitCode, string output, _) = ExerciserProcess.Run(
            "--size 4M --hot 64K --warm 1M --warm-period 50ms --duration 500ms --throttle 1ms");

        Assert.Equal(0, exitCode);
        JsonElement truth = LastLine(output);
        JsonElement[] sweeps = [.. truth.GetProperty("warm_sweeps").EnumerateArray()];

        // Ten periods; a busy machine may lose some, none may come early.
        Assert.InRange(sweeps.Length, 3, 11);
        long begin = truth.GetProperty("begin_ns").GetInt64();
        for (int index = 0; index < sweeps.Length; index++)
        {
            long sweepBegin = sweeps[index].GetProperty("begin_ns").GetInt64();
            Assert.True(sweepBegin >= begin + (index * 50_000_000L));
            Assert.True(sweeps[index].GetProperty("end_ns").GetInt64() > sweepBegin);
        }
    }

    [Fact]
    public void Hot_phases_cover_the_run_without_a_gap_and_move_through_the_cold_part()
    {
        (_, string output, _) = ExerciserProcess.Run(
            "--size 4M --hot 1M --warm 1M --duration 500ms --phase-shift 100ms --throttle 1ms --threads 2 --pattern random --access both");

        JsonElement truth = LastLine(output);
        TruthRange cold = TruthRange.ReadAll(truth).Single(range => range.Name == "cold");
        JsonElement[] phases = [.. truth.GetProperty("hot_phases").EnumerateArray()];
        Assert.InRange(phases.Length, 3, 6);
        Assert.Equal(truth.GetProperty("base").GetUInt64(), phases[0].GetProperty("start").GetUInt64());
        Assert.Equal(cold.Start, phases[1].GetProperty("start").GetUInt64());
        for (int index = 1; index < phases.Length; index++)
        {
            Assert.Equal(phases[index - 1].GetProperty("end_ns").GetInt64(), phases[index].GetProperty("begin_ns").GetInt64());
        }
    }

    [Fact]
    public void Huge_pages_are_huge_or_it_says_so()
    {
        using ExerciserProcess exerciser = ExerciserProcess.Start("--size 16M --hot 2M --warm 2M --pages huge --duration 20s");
        using JsonDocument ready = JsonDocument.Parse(exerciser.ReadyLine);
        JsonElement huge = ready.RootElement.GetProperty("huge_pages");

        string header = $"{exerciser["hot"].Start:x}-";
        string[] lines = File.ReadAllLines($"/proc/{exerciser.Pid}/smaps");
        string field = lines.SkipWhile(line => !line.StartsWith(header, StringComparison.Ordinal))
            .First(line => line.StartsWith("AnonHugePages", StringComparison.Ordinal));
        long kilobytes = long.Parse(string.Concat(field.Where(char.IsAsciiDigit)), null);

        Assert.Equal(kilobytes << 10, huge.GetProperty("bytes").GetInt64());
        Assert.Equal(kilobytes == 16 << 10, huge.GetProperty("complete").GetBoolean());
        Assert.SkipWhen(kilobytes == 0, "this system gives no transparent huge pages");
    }

    [Theory]
    [InlineData("--size 1M --hot 1M --warm 1M", "larger than --size")]
    [InlineData("--size nonsense", "--size nonsense is not valid")]
    [InlineData("--colour red", "unknown option --colour")]
    [InlineData("--mmaps 2000000000", "more than this system allows")]
    [InlineData("--size 4M --hot 4M --warm 0 --phase-shift 1s", "nowhere to move")]
    [InlineData("--size", "--size has no value")]
    public void Impossible_requests_are_refused(string arguments, string message)
    {
        var refusal = Assert.Throws<UsageException>(() => OptionParser.Parse(arguments.Split(' ')));

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(refusal.Hint);
    }

    [Theory]
    [InlineData("3.5G", 3758096384)]
    [InlineData("512M", 536870912)]
    [InlineData("64K", 65536)]
    [InlineData("4096", 4096)]
    public void Sizes_are_read(string text, ulong bytes)
    {
        Assert.True(Units.TryParseSize(text, out ulong parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("1s", 1_000_000_000)]
    [InlineData("5ms", 5_000_000)]
    [InlineData("20us", 20_000)]
    [InlineData("2m", 120_000_000_000)]
    [InlineData("100", 100_000)]
    public void Durations_are_read(string text, long nanoseconds)
    {
        Assert.True(Units.TryParseDuration(text, out long parsed));
        Assert.Equal(nanoseconds, parsed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(256)]
    [InlineData(1000)]
    [InlineData(8191)]
    public unsafe void A_random_sweep_visits_every_page_once(int nrPages)
    {
        ulong stride = Toucher.StrideFor((ulong)nrPages, SweepPattern.Random);
        byte[] memory = GC.AllocateArray<byte>((nrPages + 1) * 4096, pinned: true);
        fixed (byte* start = memory)
        {
            // One read-and-write-back per visit counts the visits.
            _ = Toucher.Sweep(start, (ulong)nrPages, stride, AccessKind.Both, 1);
        }

        Assert.All(Enumerable.Range(0, nrPages), page => Assert.Equal(1ul, BitConverter.ToUInt64(memory, page * 4096)));
    }

    private static JsonElement LastLine(string output)
    {
        using JsonDocument document = JsonDocument.Parse(output.TrimEnd('\n').Split('\n')[^1]);
        return document.RootElement.Clone();
    }

    private static List<Mapping> ReadMappings(int pid)
    {
        using TargetProcess target = TargetProcess.Open(pid);
        var mappings = new List<Mapping>();
        Assert.True(new MappingReader(target).TryRead(mappings, out _));
        return mappings;
    }
}
