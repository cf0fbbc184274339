using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tracepoints.UserEvents;

/// <summary>
/// <c>user_events:damon_aggregated</c> (Documentation/trace/user_events.rst, Linux 6.4 on with CONFIG_USER_EVENTS): a kernel event with
/// typed fields that perf, ftrace and bpftrace record by name. The kernel sets a bit of ours while somebody listens; an event is one write.
/// </summary>
public sealed unsafe class UserEventsTracepoint : INativeTracepoint
{
    internal const string DataFile = "/sys/kernel/tracing/user_events_data";

    /// <summary>The definition; a semicolon stands between fields only.</summary>
    internal const string Definition =
        "damon_aggregated u64 target_id; u32 nr_regions; u64 start; u64 end; u32 nr_accesses; u32 age";

    private const byte EnableBit = 0;

    // What an inert instance points to, so that asking costs the same load and no branch more.
    private static readonly uint* s_nobody = (uint*)NativeMemory.AllocZeroed(sizeof(uint));

    private readonly SafeFileHandle? _file;
    private readonly int _fd = -1;
    private readonly uint _writeIndex;
    private uint* _enabled = s_nobody;

    private UserEventsTracepoint(Capability capability) => Capability = capability;

    private UserEventsTracepoint(SafeFileHandle file, uint* enabled, uint writeIndex)
        : this(Capability.Yes)
    {
        _file = file;
        _fd = (int)file.DangerousGetHandle();
        _enabled = enabled;
        _writeIndex = writeIndex;
    }

    /// <inheritdoc/>
    public string Family => "user-events";

    /// <inheritdoc/>
    public Capability Capability { get; }

    /// <summary>Events the kernel did not take, other than because the last listener left meanwhile.</summary>
    public ulong NrRefused { get; private set; }

    /// <inheritdoc/>
    public bool IsEnabled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *_enabled) != 0;
    }

    /// <summary>Defines the event, or joins the one another recorder has defined.</summary>
    public static UserEventsTracepoint Register() => Register(DataFile);

    /// <summary>Whether the kernel has user_events and this user may see them; nothing is registered.</summary>
    public static Capability Probe() => File.Exists(DataFile)
        ? Capability.Yes
        : Capability.No(
            $"{DataFile} is not there, or not visible to this user", "Linux 6.4 or newer with CONFIG_USER_EVENTS=y, tracefs mounted, root");

    /// <summary>
    /// Bound by one write system call once a tracer listens, by one load before. Allocates nothing. An event that is refused is counted:
    /// the listener may leave between the load and the write.
    /// </summary>
    public void Aggregated(ulong targetId, uint nrRegions, in DamonRegion region)
    {
        if (IsEnabled)
        {
            Fire(targetId, nrRegions, region);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        uint* enabled = _enabled;
        _enabled = s_nobody;
        if (_file is null || enabled == s_nobody)
        {
            return;
        }

        // Only when the kernel has let go of the word may it be freed; otherwise four bytes are lost on purpose.
        int result = Linux.UserEvents.Unregister(
            _file,
            new Linux.UserEvents.UserUnreg
            {
                Size = (uint)sizeof(Linux.UserEvents.UserUnreg),
                DisableBit = EnableBit,
                DisableAddr = (ulong)enabled,
            });
        if (result == 0)
        {
            NativeMemory.AlignedFree(enabled);
        }

        _file.Dispose();
    }

    internal static UserEventsTracepoint Register(string dataFile)
    {
        SafeFileHandle file = Unistd.Open(dataFile, O_RDWR, out int errno);
        if (errno != 0)
        {
            file.Dispose();
            return new UserEventsTracepoint(Refusal(dataFile, errno));
        }

        // Native memory: the kernel writes to it, so no garbage collection may move it.
        uint* enabled = (uint*)NativeMemory.AlignedAlloc(sizeof(uint), sizeof(uint));
        *enabled = 0;
        int result;
        Linux.UserEvents.UserReg registration;
        fixed (byte* definition = Encoding.ASCII.GetBytes(Definition + '\0'))
        {
            registration = Describe(enabled, definition);
            result = Linux.UserEvents.Register(file, ref registration);
        }

        if (result == 0)
        {
            return new UserEventsTracepoint(file, enabled, registration.WriteIndex);
        }

        NativeMemory.AlignedFree(enabled);
        file.Dispose();
        return new UserEventsTracepoint(Refusal(dataFile, -result));
    }

    // A method of its own: its frame must not be set up, and cleared, for events that nobody wants.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Fire(ulong targetId, uint nrRegions, in DamonRegion region)
    {
        var record = new UserEventsRecord
        {
            WriteIndex = _writeIndex,
            TargetId = targetId,
            NrRegions = nrRegions,
            Start = region.Start,
            End = region.End,
            NrAccesses = region.NrAccesses,
            Age = region.Age,
        };
        int result = Linux.UserEvents.Write(_fd, &record, (nuint)sizeof(UserEventsRecord));
        if (result is not (0 or -Linux.UserEvents.EBADF))
        {
            NrRefused++;
        }
    }

    private static Linux.UserEvents.UserReg Describe(uint* enabled, byte* definition) => new()
    {
        Size = (uint)sizeof(Linux.UserEvents.UserReg),
        EnableBit = EnableBit,
        EnableSize = sizeof(uint),
        EnableAddr = (ulong)enabled,
        NameArgs = (ulong)definition,
    };

    private static Capability Refusal(string dataFile, int errno) => errno switch
    {
        Errno.ENOENT => Capability.No(
            "the kernel has no user_events, or tracefs is not mounted", "CONFIG_USER_EVENTS=y, Linux 6.4 or newer"),
        Errno.EACCES or Errno.EPERM => Capability.No($"{dataFile} is not open to this user", "run as root, or grant access to tracefs"),
        Linux.UserEvents.EADDRINUSE => Capability.No("another program has defined damon_aggregated with other fields"),
        _ => Capability.No($"{dataFile} refused the event: {Errno.Describe(errno)}"),
    };
}
