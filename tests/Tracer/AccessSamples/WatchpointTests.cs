using System.Diagnostics;
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
}
