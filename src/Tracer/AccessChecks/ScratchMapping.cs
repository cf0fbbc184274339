using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>Private anonymous memory of our own, to find out about the kernel and to test ourselves on.</summary>
internal sealed unsafe class ScratchMapping : IDisposable
{
    private readonly nuint _length;
    private void* _start;

    /// <param name="pages">Its size.</param>
    /// <param name="smallPages">Never to be backed by huge pages.</param>
    /// <exception cref="IOException">There is no memory left.</exception>
    internal ScratchMapping(int pages, bool smallPages = true)
    {
        _length = (nuint)pages * (nuint)Unistd.PageSize;
        _start = SysMman.Map(
            _length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, file: null, out int errno);
        if (_start is null)
        {
            throw new IOException($"mmap of {_length} bytes: {Errno.Describe(errno)}");
        }

        if (smallPages)
        {
            // Refused where huge pages are not built in; then there are none anyway.
            _ = SysMman.Advise(_start, _length, MADV_NOHUGEPAGE);
        }
    }

    internal ulong Address => (ulong)_start;

    /// <summary>First word of a page, written and read through memory.</summary>
    internal ulong this[int page]
    {
        get => Volatile.Read(ref *WordAt(page));
        set => Volatile.Write(ref *WordAt(page), value);
    }

    internal ulong AddressOf(int page) => (ulong)WordAt(page);

    /// <summary>
    /// Takes the right to write away and gives it back: the kernel flushes the TLB, so that the next access of every page is a new one.
    /// </summary>
    internal void FlushTlb()
    {
        _ = SysMman.Protect(_start, _length, PROT_READ);
        _ = SysMman.Protect(_start, _length, PROT_READ | PROT_WRITE);
    }

    /// <summary>Makes all pages old, with a flush: 0 or -errno.</summary>
    internal int MakeOld() => SysMman.Advise(_start, _length, SysMman.MADV_COLD);

    public void Dispose()
    {
        if (_start is not null)
        {
            _ = SysMman.Unmap(_start, _length);
            _start = null;
        }
    }

    private ulong* WordAt(int page) => (ulong*)((byte*)_start + ((nuint)page * (nuint)Unistd.PageSize));
}
