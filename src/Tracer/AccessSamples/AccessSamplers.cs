using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessSamples.Instructions;
using Damon.Trace.Tracer.AccessSamples.Watchpoints;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessSamples;

/// <summary>The ways to sample accesses, and which of them works here.</summary>
public static class AccessSamplers
{
    /// <summary>The best that works.</summary>
    public const string Auto = "auto";

    /// <summary>All names, the best first.</summary>
    public static IReadOnlyList<string> Names { get; } = [WatchpointSampler.SamplerName, InstructionSampler.SamplerName];

    /// <summary>Whether watchpoints work on this machine; when not, why.</summary>
    public static Capability Watchpoints => WatchpointTest.Run().Capability;

    /// <summary>Opens a sampler for a process.</summary>
    /// <param name="name"><see cref="Auto"/>, or one of <see cref="Names"/>.</param>
    /// <param name="target">The process; stays the caller's.</param>
    /// <param name="options">What to look for.</param>
    /// <param name="fellBack">Why the best one was not taken; null when it was, or another one was asked for.</param>
    /// <exception cref="AccessSamplerUnavailableException">The sampler does not work here.</exception>
    /// <exception cref="ArgumentException">There is no sampler of that name.</exception>
    public static AccessSampler Open(string name, TargetProcess target, AccessSamplerOptions options, out Capability? fellBack)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        fellBack = null;
        if (name is Auto or WatchpointSampler.SamplerName)
        {
            var test = WatchpointTest.Run();
            Capability capability = test.Capability.Available ? CheckTarget(target, options, test) : test.Capability;
            if (capability.Available)
            {
                return new WatchpointSampler(target, options, test);
            }

            if (name != Auto)
            {
                throw new AccessSamplerUnavailableException($"no watchpoints here: {capability.Reason}", capability.Hint);
            }

            fellBack = capability;
        }
        else if (name != InstructionSampler.SamplerName)
        {
            throw new ArgumentException($"there is no sampler '{name}'", nameof(name));
        }

        using ThreadClock? clock = ThreadClock.Start(target.Pid, periodNs: 1_000_000_000, Unistd.PageSize, out int errno);
        if (clock is null && errno != Errno.ESRCH)
        {
            throw new AccessSamplerUnavailableException(
                $"process {target.Pid} cannot be sampled: perf_event_open says {Errno.Describe(errno)}",
                "run as root or with CAP_PERFMON and CAP_SYS_PTRACE; see /proc/sys/kernel/perf_event_paranoid, and seccomp filters of containers");
        }

        return new InstructionSampler(target, options);
    }

    /// <summary>What is refused for the target itself is found out before anything is waited for.</summary>
    /// <returns>No where others have all registers.</returns>
    /// <exception cref="AccessSamplerUnavailableException">Nothing of this process can be sampled.</exception>
    private static Capability CheckTarget(TargetProcess target, AccessSamplerOptions options, WatchpointTest test)
    {
        using var watchpoint = Watchpoint.Arm(target.Pid, 1, options.Ranges[0].Start / 8 * 8, 1, test.SeesKernel, out int errno);
        return errno switch
        {
            0 or Errno.ESRCH => Capability.Yes,
            Errno.ENOSPC => Capability.No(
                $"the debug registers of process {target.Pid} are taken", "use --by instructions; a perf that has them gives them back at its end, and those that a debugger set stay taken until the thread ends"),
            _ => throw new AccessSamplerUnavailableException(
                $"no watchpoint can be set in process {target.Pid}: {Errno.Describe(errno)}", "run as root, or with CAP_PERFMON and CAP_SYS_PTRACE"),
        };
    }
}
