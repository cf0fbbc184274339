using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.IdlePages;

/// <summary>
/// The access check `idle-pages`: the kernel's idle page tracking. It works on page frames, so an access by any process that maps the page
/// counts, and on folios: all pages of a large one share one bit. The kernel does not flush the TLB when it makes a page idle: hot pages
/// whose translations stay cached look idle. Addresses are translated in every pass, for pages migrate; the kernel moves the bit with them.
/// Two users of the bitmap at a time take each other's bits.
/// </summary>
public sealed class IdlePagesCheck : IAccessCheck
{
    // Words written in one call at most.
    private const int LongestRun = 512;

    private readonly TargetFiles _files;
    private readonly SafeFileHandle _bitmap;
    private readonly SafeFileHandle _kpageflags;
    private readonly FrameReader _frames;
    private readonly ulong[] _run = new ulong[LongestRun];
    private FrameKind[] _prepared = [];
    private ulong[] _heads = [];
    private int[] _indexes = [];
    private bool _isPrepared;

    /// <summary>Opens a target; it stays the caller's.</summary>
    /// <exception cref="TargetUnavailableException">The bitmap or the frame flags cannot be opened.</exception>
    public IdlePagesCheck(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _bitmap = Unistd.Open(PageIdle.BitmapPath, O_RDWR, out int bitmapErrno);
        _kpageflags = Unistd.Open(KPageFlags.Path, O_RDONLY, out int flagsErrno);
        _frames = new FrameReader(_kpageflags);
        _files = new TargetFiles(target);
        if (bitmapErrno != 0 || flagsErrno != 0)
        {
            Dispose();
            throw new TargetUnavailableException(
                $"idle page tracking cannot be opened: {Errno.Describe(bitmapErrno != 0 ? bitmapErrno : flagsErrno)}", "run as root");
        }

        Labels = $"accesses=rw granularity=folio flushed=no mappers=any{(Rivals.HasKdamond() ? " rival=kdamond" : "")}";
    }

    /// <inheritdoc/>
    public AccessGranularity Granularity => AccessGranularity.Page;

    /// <inheritdoc/>
    public string Labels { get; }

    /// <inheritdoc/>
    /// <remarks>
    /// Bounded by the translation, 0.4 us an address, and by clearing the bits of every mapper of the folio in the kernel, 0.5 to 2 us. No
    /// allocations once the number of addresses is steady.
    /// </remarks>
    public void MakeOld(ReadOnlySpan<ulong> addresses)
    {
        EnsureCapacity(addresses.Length);
        _isPrepared = !addresses.IsEmpty && _files.Refresh();
        if (!_isPrepared)
        {
            return;
        }

        int tracked = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            _prepared[i] = _frames.Find(_files.Pagemap!, addresses[i], out ulong head);
            if (_prepared[i] == FrameKind.Tracked)
            {
                _heads[tracked++] = head;
            }
        }

        // By frames, so that those of one word cost one call.
        Array.Sort(_heads, 0, tracked);
        MarkIdle(_heads.AsSpan(0, tracked));
    }

    /// <inheritdoc/>
    /// <remarks>Bounded by the translation, 0.4 us an address, and one system call per word of 64 frames. No allocations.</remarks>
    public void ReadYoung(ReadOnlySpan<ulong> addresses, Span<AccessState> states)
    {
        states.Fill(AccessState.NotPresent);
        if (!_isPrepared || !_files.Refresh())
        {
            return;
        }

        int tracked = 0;
        for (int i = 0; i < addresses.Length; i++)
        {
            FrameKind now = _frames.Find(_files.Pagemap!, addresses[i], out ulong head);
            states[i] = Judge(_prepared[i], now);
            if (_prepared[i] == FrameKind.Tracked && now == FrameKind.Tracked)
            {
                _heads[tracked] = head;
                _indexes[tracked++] = i;
            }
        }

        Array.Sort(_heads, _indexes, 0, tracked);
        ReadIdle(tracked, states);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _files.Dispose();
        _bitmap.Dispose();
        _kpageflags.Dispose();
    }

    /// <summary>Everything but the idle bit itself.</summary>
    private static AccessState Judge(FrameKind prepared, FrameKind now) => (prepared, now) switch
    {
        (_, FrameKind.NotMapped) => AccessState.NotPresent,

        // Faulted in since.
        (FrameKind.NotMapped, _) => AccessState.Accessed,
        (FrameKind.Untracked, _) => AccessState.Unclearable,

        // Off the reclaim lists for a moment, to be migrated: its bit cannot be read.
        (_, FrameKind.Untracked) => AccessState.Unprepared,
        _ => AccessState.NotAccessed,
    };

    private void MarkIdle(ReadOnlySpan<ulong> frames)
    {
        int length = 0;
        ulong first = 0;
        foreach (ulong frame in frames)
        {
            ulong word = frame / PageIdle.FramesPerWord;
            if (length > 0 && (word - first >= LongestRun || word - first > (ulong)length))
            {
                _isPrepared &= PageIdle.Write(_bitmap, first, _run.AsSpan(0, length)) == 0;
                length = 0;
            }

            first = length == 0 ? word : first;
            int last = (int)(word - first);
            if (last == length)
            {
                _run[length++] = 0;
            }

            _run[last] |= 1UL << (int)(frame % PageIdle.FramesPerWord);
        }

        if (length > 0)
        {
            _isPrepared &= PageIdle.Write(_bitmap, first, _run.AsSpan(0, length)) == 0;
        }
    }

    private void ReadIdle(int count, Span<AccessState> states)
    {
        ulong word = ulong.MaxValue;
        ulong bits = 0;
        for (int k = 0; k < count; k++)
        {
            if (_heads[k] / PageIdle.FramesPerWord != word)
            {
                word = _heads[k] / PageIdle.FramesPerWord;
                bits = PageIdle.TryRead(_bitmap, word, out ulong read) ? read : 0;
            }

            bool isIdle = ((bits >> (int)(_heads[k] % PageIdle.FramesPerWord)) & 1) != 0;
            states[_indexes[k]] = isIdle ? AccessState.NotAccessed : AccessState.Accessed;
        }
    }

    private void EnsureCapacity(int addresses)
    {
        if (_prepared.Length < addresses)
        {
            _prepared = new FrameKind[addresses];
            _heads = new ulong[addresses];
            _indexes = new int[addresses];
        }
    }
}
