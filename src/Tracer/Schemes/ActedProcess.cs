using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A process that is acted on: gives advice about its memory, and finds out what became of it.</summary>
internal sealed class ActedProcess(ulong targetId, TargetProcess process, VaddrAddressSpace space)
{
    // One call holds up whoever wants to change the target's mappings.
    private const ulong MaxCallBytes = 16 << 20;

    // Made when something is done: most monitors have no scheme.
    private readonly Lazy<SysMman.IoVector[]> _vectors = new(static () => new SysMman.IoVector[SysMman.MaxIoVectors]);
    private readonly Lazy<ulong[]> _entries = new(static () => new ulong[512]);
    private readonly Lazy<PageMove> _move = new(static () => new PageMove());
    private SafeFileHandle? _pagemap;
    private string? _cgroup;

    internal ulong TargetId => targetId;

    internal TargetProcess Process => process;

    internal IReadOnlyList<Mapping> Mappings => space.Mappings;

    internal bool IsOwn => process.Pid == Environment.ProcessId;

    /// <summary>Its control group (cgroup v2), read once; empty where there is none.</summary>
    internal string Cgroup => _cgroup ??= ControlGroups.OfProcess(process.Pid).TrimEnd('/');

    /// <summary>
    /// Descriptor of its pagemap, negative when it cannot be opened. Kept until <see cref="CloseFiles"/>, at most for an aggregation: an open one
    /// stays with the memory from before an exec, of which nothing is present any more.
    /// </summary>
    internal int Pagemap
    {
        get
        {
            _pagemap ??= process.Proc.OpenFile("pagemap", O_RDONLY, out _);
            return _pagemap.IsInvalid ? -1 : (int)_pagemap.DangerousGetHandle();
        }
    }

    internal void CloseFiles()
    {
        _pagemap?.Dispose();
        _pagemap = null;
    }

    /// <summary>
    /// Whether the kernel lets us: an advice on nothing. 0, -EPERM without CAP_SYS_NICE, -EACCES when its memory is not ours to look at.
    /// </summary>
    internal int Probe() => (int)Math.Min(0, SysMman.ProcessAdvise(process.PidFd, [], SysMman.MADV_COLD));

    /// <summary>The same for moving pages, which takes less: its memory must be ours to look at.</summary>
    internal int ProbeMove() => (int)Math.Min(0, SysMman.MovePages(process.Pid, [], [], []));

    /// <summary>The memory node of each page, or -errno.</summary>
    internal long FindNodes(ReadOnlySpan<ulong> pages, Span<int> nodes) => process.HasExited ? -Errno.ESRCH : SysMman.MovePages(process.Pid, pages, [], nodes);

    /// <summary>Moves the pages of some pieces to a memory node; see <see cref="PageMove"/>.</summary>
    internal PageMove Move(IReadOnlyList<AddressRange> pieces, int node)
    {
        _move.Value.Run(this, pieces, node);
        return _move.Value;
    }

    /// <summary>
    /// Gives advice on all pieces, some at a time. The kernel does not say what it did, only how far it came: what follows the piece it stopped
    /// at is asked for again, and that piece on its own, so that it is known why.
    /// </summary>
    /// <param name="pieces">Each within one mapping.</param>
    /// <param name="advice">MADV_*.</param>
    /// <param name="refused">Told each piece that was refused, with the errno.</param>
    /// <returns>0, or -errno when the rest is not worth asking for.</returns>
    internal int Advise(IReadOnlyList<(ulong Start, ulong Length)> pieces, int advice, Action<int, int> refused)
    {
        SysMman.IoVector[] vectors = _vectors.Value;
        int at = 0;
        while (at < pieces.Count)
        {
            int count = 0;
            ulong sum = 0;
            for (; at + count < pieces.Count && count < vectors.Length && (count == 0 || sum + pieces[at + count].Length <= MaxCallBytes); count++)
            {
                vectors[count] = new SysMman.IoVector { Base = pieces[at + count].Start, Length = pieces[at + count].Length };
                sum += pieces[at + count].Length;
            }

            long done = SysMman.ProcessAdvise(process.PidFd, vectors.AsSpan(0, count), advice);
            if (done == (long)sum)
            {
                at += count;
                continue;
            }

            int failed = 0;
            for (long left = Math.Max(0, done); failed < count - 1 && left >= (long)vectors[failed].Length; failed++)
            {
                left -= (long)vectors[failed].Length;
            }

            int errno = count == 1 && done < 0 ? (int)-done : -(int)Math.Min(0, SysMman.ProcessAdvise(process.PidFd, vectors.AsSpan(failed, 1), advice));
            if (errno is Errno.ESRCH or Errno.EPERM or Errno.EACCES or Errno.ENOSYS)
            {
                return -errno;
            }

            if (errno != 0)
            {
                refused(at + failed, errno);
            }

            at += failed + 1;
        }

        return 0;
    }

    /// <summary>Bytes of a range that are present and mapped by others, too.</summary>
    internal unsafe ulong Shared(int pagemap, ulong start, ulong end)
    {
        ulong page = (ulong)Unistd.PageSize;
        ulong[] values = _entries.Value;
        ulong shared = 0;
        while (start < end)
        {
            int count = (int)Math.Min((ulong)values.Length, (end - start) / page);
            using var handle = new SafeFileHandle(pagemap, ownsHandle: false);
            long read;
            fixed (ulong* entries = values)
            {
                read = count == 0 ? 0 : Unistd.PRead(handle, new Span<byte>(entries, count * sizeof(ulong)), (long)(start / page * sizeof(ulong)));
            }

            if (read <= 0)
            {
                break;
            }

            for (int i = 0; i < (int)read / sizeof(ulong); i++)
            {
                shared += (values[i] & (Linux.Pagemap.Present | Linux.Pagemap.Exclusive)) == Linux.Pagemap.Present ? page : 0;
            }

            start += (ulong)read / sizeof(ulong) * page;
        }

        return shared;
    }
}
