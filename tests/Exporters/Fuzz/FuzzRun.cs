using System.Diagnostics;
using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.Fuzz;

/// <summary>
/// Gives a reader broken input of every kind: it may only refuse it with <see cref="RecordingFormatException"/> or deliver what came
/// before, soon and without much memory. Short by default; DAMON_TRACE_FUZZ_SECONDS sets the seconds for each reader, DAMON_TRACE_SEED the
/// first seed.
/// </summary>
internal static class FuzzRun
{
    private const long MaxAllocatedBytes = 1L << 30;
    private const long MaxGrowthBytes = 1L << 30;

    /// <summary>An input takes milliseconds; a machine that is busy with other things must not make it a hang.</summary>
    private static readonly TimeSpan s_hang = TimeSpan.FromMinutes(2);

    /// <param name="valid">Whole recordings, from which broken ones are made.</param>
    /// <param name="pieces">What a reader of this format looks for.</param>
    /// <param name="open">Makes a reader; the argument tells the seed.</param>
    /// <param name="log">Takes one line: seeds, verdicts, time and memory.</param>
    /// <param name="wrap">What is done to an input after it was broken, for example compression around it.</param>
    internal static void Run(
        IReadOnlyList<byte[]> valid,
        IReadOnlyList<byte[]> pieces,
        Func<byte[], int, IRecordingReader> open,
        Action<string> log,
        Func<byte[], byte[]>? wrap = null)
    {
        TimeSpan limit = TimeSpan.FromSeconds(Setting("DAMON_TRACE_FUZZ_SECONDS", 2));
        long before = ForgetPeak();
        int first = Setting("DAMON_TRACE_SEED", 1);
        int seed = first;
        Counters counters = new();
        Stopwatch total = Stopwatch.StartNew();
        using Timer watchdog = new(_ => Environment.FailFast($"DAMON_TRACE_SEED={Volatile.Read(ref seed)} hangs"));
        for (; total.Elapsed < limit; Volatile.Write(ref seed, seed + 1))
        {
            Random random = new(seed);
            byte[] bytes = Mutation.Apply(valid[random.Next(valid.Count)], pieces, random);
            bytes = wrap is null ? bytes : wrap(bytes);
            watchdog.Change(s_hang, Timeout.InfiniteTimeSpan);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            One(open, bytes, seed, counters);
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            Assert.True(allocated < MaxAllocatedBytes, $"DAMON_TRACE_SEED={seed}: {allocated} bytes allocated");
        }

        using Process process = Process.GetCurrentProcess();
        long grown = process.PeakWorkingSet64 - before;
        log(string.Create(
            CultureInfo.InvariantCulture,
            $"seeds {first}..{seed - 1}: {counters.Read} read, {counters.Cut} of them cut, {counters.Refused} refused, {counters.Events} events, "
            + $"{total.Elapsed.TotalSeconds:F0} s, {grown >> 20} MB more at the peak"));
        Assert.True(counters.Read > 0, "no broken input could be read: they are broken too much to tell anything");
        Assert.True(grown < MaxGrowthBytes, $"{grown} bytes of memory");
    }

    /// <summary>The peak of this process may be that of another test: 5 in clear_refs makes the memory of now the peak (proc_pid_clear_refs(5)).</summary>
    private static long ForgetPeak()
    {
        File.WriteAllText("/proc/self/clear_refs", "5");
        using Process process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void One(Func<byte[], int, IRecordingReader> open, byte[] bytes, int seed, Counters counters)
    {
        try
        {
            CheckingSink sink = new();
            open(bytes, seed).Read(sink, CancellationToken.None);
            counters.Read++;
            counters.Cut += sink.End!.Truncation is null ? 0 : 1;
            counters.Events += sink.End.Events;
        }
        catch (RecordingFormatException e)
        {
            Assert.False(string.IsNullOrWhiteSpace(e.Message));
            counters.Refused++;
        }
        catch (Exception e)
        {
            string head = Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 4096)));
            throw new InvalidOperationException($"DAMON_TRACE_SEED={seed} fails on {bytes.Length} bytes {head}", e);
        }
    }

    internal static IReadOnlyList<byte[]> Pieces(string separatedByBlanks) =>
        [.. separatedByBlanks.Split(' ').Select(piece => Encoding.UTF8.GetBytes(piece.Replace('~', ' ')))];

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;

    private sealed class Counters
    {
        internal long Read;
        internal long Cut;
        internal long Refused;
        internal long Events;
    }

    /// <summary>What no reader may do, whatever the input: deliver after the end, or more regions than announced.</summary>
    private sealed class CheckingSink : SnapshotsOnly
    {
        internal RecordingEnd? End { get; private set; }

        public override void OnSnapshot(Snapshot snapshot)
        {
            Assert.Null(End);
            Assert.True((uint)snapshot.Count <= snapshot.NrRegions);
            Assert.True(!snapshot.Complete || (uint)snapshot.Count == snapshot.NrRegions);
        }

        public override void OnEnd(RecordingEnd end)
        {
            Assert.Null(End);
            End = end;
        }
    }
}
