using System.Diagnostics;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.AccessSamples.Watchpoints;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Tracer.Tests.AccessSamples;

/// <summary>What the kernel keeps for watchpoints; whether the processor stops at them is another matter.</summary>
[Trait("Category", "Linux")]
public sealed class WatchpointTests
{
    private const int Registers = 4;
    private const ulong AnyAddress = 0x10000;

    /// <summary>A thread has four registers; a fifth watchpoint is refused, and none of the four stays behind.</summary>
    [Fact]
    public void Disposed_LeavesNothingArmed()
    {
        using Process sleep = Process.Start("sleep", ["60"]);
        try
        {
            for (int round = 0; round < 3; round++)
            {
                var armed = new List<Watchpoint>();
                for (int i = 0; i < Registers; i++)
                {
                    Watchpoint? watchpoint = Watchpoint.Arm(sleep.Id, 1, AnyAddress, 1, withKernel: false, out int errno);
                    Assert.SkipWhen(errno is Errno.EACCES or Errno.EPERM or Errno.ENOSYS or Errno.EOPNOTSUPP, $"perf_event_open: {Errno.Describe(errno)}");
                    Assert.True(watchpoint is not null, $"round {round}, watchpoint {i}: {Errno.Describe(errno)}");
                    armed.Add(watchpoint);
                }

                Assert.Null(Watchpoint.Arm(sleep.Id, 1, AnyAddress, 1, withKernel: false, out int refused));
                Assert.Equal(Errno.ENOSPC, refused);
                armed.ForEach(static watchpoint => watchpoint.Dispose());
            }
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
        }
    }

    [Fact]
    public void Arm_InAThreadThatIsGone_IsRefused()
    {
        using Process ended = Process.Start("true");
        ended.WaitForExit();

        Assert.Null(Watchpoint.Arm(ended.Id, 1, AnyAddress, 1, withKernel: false, out int errno));
        Assert.NotEqual(0, errno);
    }

    /// <summary>The kernel counts accesses down across uses: whatever the use before saw, the next sees four, and of another byte.</summary>
    [Fact]
    public void Pool_ArmsTheSameWatchpointForAnotherByte()
    {
        const int MaxHits = 4;
        Capability capability = AccessSamplers.Watchpoints;
        Assert.SkipWhen(!capability.Available, capability.Reason ?? "");
        byte[] bytes = GC.AllocateArray<byte>(16, pinned: true);
        ulong first = (ulong)Marshal.UnsafeAddrOfPinnedArrayElement(bytes, 0);
        using var pool = new WatchpointPool(withKernel: false);
        Watchpoint? before = null;
        foreach (int hits in new[] { 2, 0, 3, 1, MaxHits })
        {
            Watchpoint watchpoint = ArmIn(pool, first + (ulong)hits);
            Assert.True(before is null || before == watchpoint);
            Write(bytes, MaxHits + 1, times: 1);
            Write(bytes, hits, times: hits);
            Assert.Equal(hits, HitsOf(watchpoint));
            pool.Return(watchpoint);
            before = watchpoint;
        }

        // One that has disarmed itself is not taken again: the kernel would not tell what it sees.
        Watchpoint other = ArmIn(pool, first);
        Assert.NotSame(before, other);
        Write(bytes, 0, times: 3 * MaxHits);
        Assert.Equal(MaxHits, HitsOf(other));
        other.Dispose();

        static Watchpoint ArmIn(WatchpointPool pool, ulong address)
        {
            Watchpoint? armed = pool.Arm(Unistd.gettid(), 1, address, MaxHits, out int errno);
            Assert.True(armed is not null, Errno.Describe(errno));
            return armed;
        }
    }

    [Fact]
    public void Pool_GivesRegistersBack_WhenTheyAreNotUsed()
    {
        using Process sleep = Process.Start("sleep", ["60"]);
        try
        {
            using var pool = new WatchpointPool(withKernel: false);
            var armed = new List<Watchpoint>();
            for (int i = 0; i < Registers; i++)
            {
                Watchpoint? watchpoint = pool.Arm(sleep.Id, 1, AnyAddress, 1, out int errno);
                Assert.SkipWhen(errno is Errno.EACCES or Errno.EPERM or Errno.ENOSYS or Errno.EOPNOTSUPP, $"perf_event_open: {Errno.Describe(errno)}");
                armed.Add(watchpoint!);
            }

            armed.ForEach(pool.Return);
            Assert.Null(Watchpoint.Arm(sleep.Id, 1, AnyAddress, 1, withKernel: false, out int taken));
            Assert.Equal(Errno.ENOSPC, taken);

            pool.CloseIdleSince(long.MaxValue);
            using Watchpoint? other = Watchpoint.Arm(sleep.Id, 1, AnyAddress, 1, withKernel: false, out int free);
            Assert.True(other is not null, Errno.Describe(free));
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
        }
    }

    [Fact]
    public void Pool_WhoseThreadHasEnded_SaysSo()
    {
        using Process sleep = Process.Start("sleep", ["60"]);
        using var pool = new WatchpointPool(withKernel: false);
        Watchpoint? watchpoint = pool.Arm(sleep.Id, 1, AnyAddress, 1, out int errno);
        sleep.Kill();
        sleep.WaitForExit();
        Assert.SkipWhen(watchpoint is null, $"perf_event_open: {Errno.Describe(errno)}");
        watchpoint.Disarm();
        pool.Return(watchpoint);

        Assert.Null(pool.Arm(sleep.Id, 1, AnyAddress, 1, out int gone));
        Assert.Equal(Errno.ESRCH, gone);
    }

    private static void Write(byte[] bytes, int index, int times)
    {
        for (int i = 0; i < times; i++)
        {
            Volatile.Write(ref bytes[index], (byte)i);
        }
    }

    private static int HitsOf(Watchpoint watchpoint)
    {
        watchpoint.Disarm();
        var hits = new HitCount();
        Assert.Equal(0, watchpoint.Read(ref hits));
        return hits.Count;
    }

    private struct HitCount : IWatchpointSink
    {
        internal int Count { get; private set; }

        public void OnHit(in WatchpointHit hit, ReadOnlySpan<ulong> callers) => Count++;
    }
}
