using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.Linux;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>
/// Reads page tables and struct pages through two BPF programs. One object serves all targets of the process;
/// a lock lets several workers share it.
/// </summary>
public sealed unsafe class PageTableReader : IDisposable
{
    private const string NeedsPrivileges = "run as root or with CAP_BPF and CAP_PERFMON";

    private readonly Lock _gate = new();
    private readonly BpfProgram _walker;
    private readonly BpfProgram _kernelReader;

    private PageTableReader(BpfProgram walker, BpfProgram kernelReader, PageTableFormat format, KernelLayout layout)
    {
        Format = format;
        _walker = walker;
        _kernelReader = kernelReader;
        Layout = layout;
    }

    /// <summary>Whether an accessed bit that another sampler took is found again as PG_young.</summary>
    public bool RecoversYoung => Vmemmap != 0 && Layout.PgYoung >= 0;

    /// <summary>Whether the folio of a page can be looked at; without that nothing can be made old page by page.</summary>
    public bool KnowsFolios => Vmemmap != 0;

    internal KernelLayout Layout { get; }

    /// <summary>The processor's page tables.</summary>
    internal PageTableFormat Format { get; }

    internal ulong DirectMap { get; set; }

    internal ulong Vmemmap { get; private set; }

    /// <summary>Frame of the page that stands for memory never written; 0 where the kernel marks none as special.</summary>
    internal ulong ZeroFrame { get; private set; }

    /// <summary>Levels of <see cref="Format"/> that this kernel's tables do not have.</summary>
    internal int SkippedLevels { get; private set; }

    /// <summary>Addresses per run of the page-table program.</summary>
    internal int AddressesPerRun => _walker.MaxEntries;

    internal int InstructionCount => _walker.InstructionCount;

    /// <summary>
    /// Loads the programs and finds the bases: 50 ms on a quiet machine, nearly all of it the verifier and BTF. Null, and why, when it
    /// cannot be done.
    /// </summary>
    public static PageTableReader? TryCreate(out Capability capability) => TryCreate(allowCast: true, out capability);

    /// <summary>The same; without the cast it works as on kernels that lack it.</summary>
    internal static PageTableReader? TryCreate(bool allowCast, out Capability capability)
    {
        capability = Capability.Yes;
        if (PageTableFormat.Current is not { } format)
        {
            capability = AccessBitsCapability.UnknownTables;
            return null;
        }

        if (FindLayout(ref capability) is not { } layout)
        {
            return null;
        }

        BpfProgram? walker = LoadWalker(format, layout, allowCast, out int errno, out string? reason);
        BpfProgram? kernelReader = walker is null
            ? null
            : BpfProgram.Load(KernelReadProgram.Emit, KernelReadProgram.ValueSize, out errno, out reason);
        if (walker is null || kernelReader is null)
        {
            walker?.Dispose();
            capability = Capability.No(
                reason!, errno is Errno.EPERM or Errno.EACCES ? NeedsPrivileges : "needs Linux 5.10 or later with CONFIG_BPF_SYSCALL");
            return null;
        }

        var reader = new PageTableReader(walker, kernelReader, format, layout);
        capability = reader.FindBases();
        if (!capability.Available)
        {
            reader.Dispose();
            return null;
        }

        return reader;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _walker.Dispose();
        _kernelReader.Dispose();
    }

    /// <summary>
    /// Reads the leaf entries of addresses in the address space of an open pagemap: 0, or nonzero when it cannot be read at all.
    /// Bounded by cache misses of the tables: 5 to 25 ns an address from cache, 15 to 140 ns where helper calls must do,
    /// 50 to 300 ns scattered over gigabytes; 0.15 to 1.5 us per run of 256. No allocations.
    /// </summary>
    internal int Walk(SafeFileHandle pagemap, ReadOnlySpan<ulong> addresses, Span<ulong> leaves)
    {
        lock (_gate)
        {
            byte* value = _walker.Value;
            *(ulong*)(value + PageTableProgram.DirectMapAt) = DirectMap;
            *(uint*)(value + PageTableProgram.SkippedLevelsAt) = (uint)SkippedLevels;
            *(ulong*)(value + PageTableProgram.FdAt) = (ulong)pagemap.DangerousGetHandle();
            *(ulong*)(value + PageTableProgram.VmemmapAt) = Vmemmap;
            var entries = new Span<ulong>(value + PageTableProgram.EntriesAt, _walker.MaxEntries);
            int done = 0;
            do
            {
                int count = Math.Min(entries.Length, addresses.Length - done);
                *(uint*)(value + PageTableProgram.CountAt) = (uint)count;
                addresses.Slice(done, count).CopyTo(entries);
                int result = _walker.Run();
                if (result != 0)
                {
                    return result;
                }

                entries[..count].CopyTo(leaves[done..]);
                done += count;
            }
            while (done < addresses.Length);

            if (!Format.IsNative)
            {
                Format.Translate(leaves[..addresses.Length]);
            }

            return 0;
        }
    }

    /// <summary>
    /// Copies equally long pieces of kernel memory: addresses become 0, or negative where nothing could be read.
    /// Bounded by one cache miss and one helper call each, 15 to 40 ns. No allocations.
    /// </summary>
    internal int ReadKernel(Span<ulong> addresses, int size, Span<byte> bytes)
    {
        lock (_gate)
        {
            byte* value = _kernelReader.Value;
            int max = _kernelReader.MaxEntries;
            var entries = new Span<ulong>(value + KernelReadProgram.EntriesAt, max);
            byte* blocks = value + KernelReadProgram.BlocksAt(max);
            *(uint*)(value + KernelReadProgram.SizeAt) = (uint)size;
            for (int done = 0; done < addresses.Length;)
            {
                int count = Math.Min(max, addresses.Length - done);
                *(uint*)(value + KernelReadProgram.CountAt) = (uint)count;
                addresses.Slice(done, count).CopyTo(entries);
                int result = _kernelReader.Run();
                if (result != 0)
                {
                    return result;
                }

                entries[..count].CopyTo(addresses[done..]);
                for (int i = 0; i < count; i++)
                {
                    new ReadOnlySpan<byte>(blocks + (i * KernelReadProgram.BlockSize), size).CopyTo(bytes[((done + i) * size)..]);
                }

                done += count;
            }

            return 0;
        }
    }

    /// <summary>Reads one word of kernel memory; false when it is not mapped.</summary>
    [SkipLocalsInit]
    internal bool ReadWord(ulong address, out ulong word)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        Span<ulong> addresses = [address];
        bool read = ReadKernel(addresses, sizeof(ulong), bytes) == 0 && addresses[0] == 0;
        word = read ? BitConverter.ToUInt64(bytes) : 0;
        return read;
    }

    /// <summary>By plain loads where the kernel allows them, else by helper calls.</summary>
    private static BpfProgram? LoadWalker(PageTableFormat format, KernelLayout layout, bool allowCast, out int errno, out string? reason)
    {
        BpfProgram? walker = allowCast && layout.ReadOnlyCast >= 0 ? Load(useCast: true, out errno, out reason) : null;
        if (walker is not null)
        {
            errno = 0;
            reason = null;
            return walker;
        }

        return Load(useCast: false, out errno, out reason);

        BpfProgram? Load(bool useCast, out int loadErrno, out string? loadReason) => BpfProgram.Load(
            (fd, bound) => PageTableProgram.Emit(format, layout, fd, bound, useCast), PageTableProgram.ValueSize, out loadErrno, out loadReason);
    }

    private static KernelLayout? FindLayout(ref Capability capability)
    {
        try
        {
            KernelLayout? layout = KernelLayout.Find(Btf.ReadKernel(), out string? missing);
            if (layout is null)
            {
                capability = Capability.No($"{Btf.KernelPath} has no {missing}", "this kernel's structs are not known");
            }

            return layout;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            capability = Capability.No($"{Btf.KernelPath}: {error.Message}", "needs a kernel with CONFIG_DEBUG_INFO_BTF");
        }
        catch (InvalidDataException error)
        {
            capability = Capability.No($"{Btf.KernelPath}: {error.Message}");
        }

        return null;
    }

    private Capability FindBases()
    {
        using SafeFileHandle pagemap = Unistd.Open("/proc/self/pagemap", O_RDONLY, out int errno);
        if (errno != 0)
        {
            return Capability.No($"/proc/self/pagemap: {Errno.Describe(errno)}", "needs CONFIG_PROC_PAGE_MONITOR");
        }

        int result = Walk(pagemap, default, default);
        if (result != 0)
        {
            return Capability.No($"the page-table program could not be run ({result})", NeedsPrivileges);
        }

        ulong pgd = *(ulong*)(_walker.Value + PageTableProgram.PgdAt);
        foreach (int skipped in Format.SkippedLevels(pgd))
        {
            SkippedLevels = skipped;
            DirectMap = KernelBases.FindDirectMap(this, pagemap, pgd);
            if (DirectMap != 0)
            {
                break;
            }
        }

        if (DirectMap == 0)
        {
            return Capability.No("the kernel's direct map was not found", "lockdown=confidentiality and encrypted guests (SEV) hide it");
        }

        Vmemmap = Layout.KnowsPages ? KernelBases.FindVmemmap(this, pagemap, Layout) : 0;
        ZeroFrame = FindZeroFrame(pagemap);
        return Capability.Yes;
    }

    private ulong FindZeroFrame(SafeFileHandle pagemap)
    {
        using var scratch = new ScratchMapping(1);
        _ = scratch[0];
        Span<ulong> leaves = stackalloc ulong[1];
        return Walk(pagemap, [scratch.Address], leaves) == 0 && new LeafEntry(leaves[0]) is { IsSpecial: true } leaf ? leaf.FrameNumber : 0;
    }
}
