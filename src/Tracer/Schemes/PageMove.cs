using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// Moves pages of a process to a memory node with move_pages(2), and counts what really moved by asking before and after: of a huge page the call
/// moves all when it is asked for one page, and then says of the others that they are busy.
/// </summary>
internal sealed class PageMove
{
    private const int PagesPerCall = 512;

    private readonly ulong[] _pages = new ulong[PagesPerCall];
    private readonly ulong[] _wanted = new ulong[PagesPerCall];
    private readonly int[] _nodes = new int[PagesPerCall];
    private readonly int[] _status = new int[PagesPerCall];

    /// <summary>Bytes that were on another node before and are on the wanted one now.</summary>
    internal ulong Moved { get; private set; }

    /// <summary>Bytes that another process maps as well: they stay.</summary>
    internal ulong Shared { get; private set; }

    /// <summary>Bytes that stayed for another reason: pinned, being written, or no memory is left there.</summary>
    internal ulong Stayed { get; private set; }

    /// <summary>Why the process as a whole refuses, as -errno; 0 when it does not.</summary>
    internal int Error { get; private set; }

    internal void Run(ActedProcess process, IReadOnlyList<AddressRange> pieces, int node)
    {
        (Moved, Shared, Stayed, Error) = (0, 0, 0, 0);
        ulong size = (ulong)Unistd.PageSize;
        int count = 0;
        foreach (AddressRange piece in pieces)
        {
            for (ulong page = piece.Start; page < piece.End && Error == 0; page += size)
            {
                _pages[count++] = page;
                if (count == _pages.Length)
                {
                    Move(process, count, node);
                    count = 0;
                }
            }
        }

        if (count > 0 && Error == 0)
        {
            Move(process, count, node);
        }
    }

    private void Move(ActedProcess process, int count, int node)
    {
        Span<int> nodes = _nodes.AsSpan(0, count);
        Error = Fatal(process.FindNodes(_pages.AsSpan(0, count), nodes));
        int wanted = 0;
        for (int i = 0; i < count; i++)
        {
            if (nodes[i] >= 0 && nodes[i] != node)
            {
                _wanted[wanted++] = _pages[i];
            }
        }

        if (Error != 0 || wanted == 0)
        {
            return;
        }

        ReadOnlySpan<ulong> pages = _wanted.AsSpan(0, wanted);
        Span<int> status = _status.AsSpan(0, wanted);
        Span<int> to = nodes[..wanted];
        to.Fill(node);
        status.Clear();
        Error = Fatal(SysMman.MovePages(process.Process.Pid, pages, to, status));
        Span<int> after = to;
        if (Error == 0 && process.FindNodes(pages, after) >= 0)
        {
            Count(status, after, node);
        }
    }

    private void Count(ReadOnlySpan<int> status, ReadOnlySpan<int> after, int node)
    {
        ulong size = (ulong)Unistd.PageSize;
        for (int i = 0; i < after.Length; i++)
        {
            if (after[i] == node)
            {
                Moved += size;
            }
            else if (after[i] >= 0)
            {
                Shared += status[i] == -Errno.EACCES ? size : 0;
                Stayed += status[i] == -Errno.EACCES ? 0 : size;
            }
        }
    }

    /// <summary>More than 0 are pages that did not move.</summary>
    private static int Fatal(long result) => (int)Math.Min(0, result);
}
