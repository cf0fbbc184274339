using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>
/// The open files of one target that are bound to its address space, and what happens to them at exec and exit:
/// the old address space reads as empty, so they are opened again.
/// </summary>
internal sealed class TargetFiles : IDisposable
{
    // Any user address will do: a page without mapping has an entry too.
    private const ulong SomeAddress = 1 << 20;

    private readonly TargetProcess _process;
    private SafeFileHandle? _pagemap;
    private SafeFileHandle? _maps;

    /// <summary>Files of a process that stays the caller's; looked up in its open directory, never by its number.</summary>
    internal TargetFiles(TargetProcess process)
    {
        _process = process;
        Open();
    }

    /// <summary>The process has exited; this never ends.</summary>
    internal bool IsGone { get; private set; }

    /// <summary>errno of the latest open that failed, or 0.</summary>
    internal int LatestErrno { get; private set; }

    /// <summary>How often the target's address space was replaced by another (exec).</summary>
    internal int Reopened { get; private set; }

    internal SafeFileHandle? Pagemap => _pagemap;

    /// <summary>
    /// Makes sure the files belong to the target's present address space; false when it has none now. One read of 0.25 us; no
    /// allocations.
    /// </summary>
    internal bool Refresh()
    {
        if (_pagemap is not null && ReadsEntries(_pagemap))
        {
            return true;
        }

        if (IsGone || _process.HasExited)
        {
            IsGone = true;
            return false;
        }

        bool hadFiles = _pagemap is not null;
        Open();
        Reopened += hadFiles && _pagemap is not null ? 1 : 0;
        return _pagemap is not null;
    }

    /// <summary>Finds the mapping of an address; false when there is none or the kernel cannot be asked (before 6.11).</summary>
    internal bool TryFindMapping(ulong address, out ulong start, out ulong end)
    {
        start = 0;
        end = 0;
        return _maps is not null && ProcMapQuery.Find(_maps, address, out start, out end) == 0;
    }

    public void Dispose()
    {
        _pagemap?.Dispose();
        _maps?.Dispose();
    }

    private static bool ReadsEntries(SafeFileHandle pagemap) => Linux.Pagemap.Read(pagemap, SomeAddress, out _) == sizeof(ulong);

    private void Open()
    {
        Dispose();
        _pagemap = null;
        _maps = null;
        SafeFileHandle pagemap = _process.Proc.OpenFile("pagemap", O_RDONLY, out int errno);
        LatestErrno = errno;
        if (errno == 0 && ReadsEntries(pagemap))
        {
            _pagemap = pagemap;
            SafeFileHandle maps = _process.Proc.OpenFile("maps", O_RDONLY, out errno);
            _maps = errno == 0 ? maps : null;
        }
        else
        {
            pagemap.Dispose();
        }
    }
}
