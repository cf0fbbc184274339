using System.Numerics;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// What several processes touch and hold together, each page once however many of them map it: pages are told apart by their frames, which
/// /proc/PID/pagemap shows to CAP_SYS_ADMIN. A bit for each frame of a 128 MiB block that one of them has a page in, so memory is bounded by the
/// machine's: 64 KB a GB. Frames are read after the pages, so a page that moves or leaves in between is counted by where it is then, or not.
/// </summary>
public sealed class SharedPages
{
    private const int FramesPerBlock = 1 << 15;
    private const int EntriesPerRead = 4096;

    private readonly FrameSet _resident = new();
    private readonly FrameSet _touched = new();
    private readonly FrameSet _unknown = new();
    private readonly ulong[] _entries = new ulong[EntriesPerRead];
    private readonly Dictionary<ulong, ushort[]> _labels = [];
    private readonly List<string> _labelNames = [];

    /// <summary>False as soon as frames were hidden: nothing can be said about what is shared then.</summary>
    public bool IsKnown { get; private set; } = true;

    /// <summary>Bytes that at least one of them has touched.</summary>
    public ulong TouchedBytes => _touched.Count * PageSize;

    /// <summary>Bytes that they hold.</summary>
    public ulong ResidentBytes => _resident.Count * PageSize;

    /// <summary>Bytes of which nothing is known and that none of them is known to have touched.</summary>
    public ulong UnknownBytes => _unknown.CountWithout(_touched) * PageSize;

    /// <summary>Bytes that none of them has touched.</summary>
    public ulong ColdBytes => ResidentBytes - TouchedBytes - UnknownBytes;

    private static ulong PageSize => (ulong)Unistd.PageSize;

    /// <summary>Adds the pages of one process: about 10 ms per GB.</summary>
    /// <param name="process">The process; stays the caller's.</param>
    /// <param name="pages">What was read of it just now.</param>
    public void Add(TargetProcess process, ExactPages pages)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(pages);
        using var files = new TargetFiles(process);
        if (files.Pagemap is null)
        {
            IsKnown = false;
            return;
        }

        foreach (ExactRegion region in pages.Regions())
        {
            ulong step = EntriesPerRead * PageSize;
            for (ulong start = region.Start; start < region.End; start += step)
            {
                Add(files, region.State, start, Math.Min(region.End, start + step));
            }
        }
    }

    /// <summary>
    /// Says what is kept in some pages, of processes that were added before. A page that several of them call differently is what the first does. Two
    /// bytes a frame in blocks of 128 MiB, 65,534 labels.
    /// </summary>
    /// <param name="process">Whose addresses they are; stays the caller's.</param>
    /// <param name="ranges">Labelled ranges; a page that two of them share is that of the first.</param>
    public void AddLabels(TargetProcess process, IReadOnlyList<NamedRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(process);
        ArgumentNullException.ThrowIfNull(ranges);
        using var files = new TargetFiles(process);
        Dictionary<string, ushort> ids = [];
        for (int i = 0; i < _labelNames.Count; i++)
        {
            ids[_labelNames[i]] = (ushort)(i + 1);
        }

        foreach (NamedRange range in files.Pagemap is null ? [] : ranges)
        {
            if (!ids.TryGetValue(range.Label, out ushort id) && _labelNames.Count < ushort.MaxValue - 1)
            {
                _labelNames.Add(range.Label);
                ids[range.Label] = id = (ushort)_labelNames.Count;
            }

            ulong step = EntriesPerRead * PageSize;
            ulong end = (range.End + PageSize - 1) / PageSize * PageSize;
            for (ulong start = range.Start / PageSize * PageSize; start < end && id > 0; start += step)
            {
                Label(files, id, start, Math.Min(end, start + step));
            }
        }
    }

    /// <summary>What is resident by label, each page once.</summary>
    public IReadOnlyList<(string Label, ulong TouchedBytes, ulong ColdBytes, ulong UnknownBytes)> Labels()
    {
        var pages = new (ulong Touched, ulong Cold, ulong Unknown)[_labelNames.Count];
        foreach ((ulong number, ushort[] block) in _labels)
        {
            for (int i = 0; i < block.Length; i++)
            {
                ulong frame = (number * FramesPerBlock) + (ulong)i;
                if (block[i] > 0 && _resident.Contains(frame))
                {
                    ref (ulong Touched, ulong Cold, ulong Unknown) label = ref pages[block[i] - 1];
                    bool isTouched = _touched.Contains(frame);
                    bool isUnknown = !isTouched && _unknown.Contains(frame);
                    label.Touched += isTouched ? 1ul : 0;
                    label.Unknown += isUnknown ? 1ul : 0;
                    label.Cold += isTouched || isUnknown ? 0 : 1ul;
                }
            }
        }

        return [.. _labelNames.Select((label, i) => (label, pages[i].Touched * PageSize, pages[i].Cold * PageSize, pages[i].Unknown * PageSize))];
    }

    private void Label(TargetFiles files, ushort id, ulong start, ulong end)
    {
        foreach (ulong entry in Read(files, start, end))
        {
            ulong frame = entry & Pagemap.FrameMask;
            if ((entry & Pagemap.Present) == 0 || frame == 0)
            {
                continue;
            }

            ref ushort[]? block = ref CollectionsMarshal.GetValueRefOrAddDefault(_labels, frame / FramesPerBlock, out _);
            block ??= new ushort[FramesPerBlock];
            ref ushort label = ref block[frame % FramesPerBlock];
            label = label == 0 ? id : label;
        }
    }

    private Span<ulong> Read(TargetFiles files, ulong start, ulong end)
    {
        Span<ulong> entries = _entries.AsSpan(0, (int)((end - start) / PageSize));
        long read = Unistd.PRead(files.Pagemap!, MemoryMarshal.AsBytes(entries), (long)(start / PageSize * sizeof(ulong)));
        return entries[..(int)(Math.Max(0, read) / sizeof(ulong))];
    }

    private void Add(TargetFiles files, ExactState state, ulong start, ulong end)
    {
        foreach (ulong entry in Read(files, start, end))
        {
            if ((entry & Pagemap.Present) == 0)
            {
                continue;
            }

            ulong frame = entry & Pagemap.FrameMask;
            IsKnown &= frame != 0;
            _resident.Add(frame);
            if (state != ExactState.Untouched)
            {
                (state == ExactState.Touched ? _touched : _unknown).Add(frame);
            }
        }
    }

    /// <summary>A set of frames, in blocks of bits.</summary>
    private sealed class FrameSet
    {
        private readonly Dictionary<ulong, ulong[]> _blocks = [];
        private ulong _blockNumber = ulong.MaxValue;
        private ulong[] _block = [];

        internal ulong Count => Sum(static (word, _) => word);

        internal ulong CountWithout(FrameSet others) => Sum((word, place) =>
            word & ~(others._blocks.TryGetValue(place.Block, out ulong[]? block) ? block[place.Word] : 0));

        internal bool Contains(ulong frame)
        {
            if (frame / FramesPerBlock != _blockNumber)
            {
                if (!_blocks.TryGetValue(frame / FramesPerBlock, out ulong[]? block))
                {
                    return false;
                }

                (_blockNumber, _block) = (frame / FramesPerBlock, block);
            }

            int bit = (int)(frame % FramesPerBlock);
            return (_block[bit / 64] & (1UL << (bit % 64))) != 0;
        }

        internal void Add(ulong frame)
        {
            ulong number = frame / FramesPerBlock;
            if (number != _blockNumber)
            {
                ref ulong[]? block = ref CollectionsMarshal.GetValueRefOrAddDefault(_blocks, number, out _);
                block ??= new ulong[FramesPerBlock / 64];
                (_blockNumber, _block) = (number, block);
            }

            int bit = (int)(frame % FramesPerBlock);
            _block[bit / 64] |= 1UL << (bit % 64);
        }

        private ulong Sum(Func<ulong, (ulong Block, int Word), ulong> pick)
        {
            ulong sum = 0;
            foreach ((ulong number, ulong[] block) in _blocks)
            {
                for (int i = 0; i < block.Length; i++)
                {
                    sum += (ulong)BitOperations.PopCount(pick(block[i], (number, i)));
                }
            }

            return sum;
        }
    }
}
