using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli.Warm;

/// <summary>An open file and its pages in memory. Its whole length is mapped, which takes addresses but no memory.</summary>
internal sealed unsafe class PageCacheFile : IDisposable
{
    private const int PagesPerLook = 1 << 16;
    private const int ReadBytes = 1 << 20;

    private readonly FileStream _file;
    private readonly byte* _address;
    private readonly byte[] _inCore = new byte[PagesPerLook];
    private readonly byte[] _buffer = new byte[ReadBytes];

    /// <param name="file">Open for reading, not empty; owned from now on.</param>
    /// <exception cref="IOException">It cannot be mapped.</exception>
    internal PageCacheFile(FileStream file)
    {
        _file = file;
        Length = (ulong)file.Length;
        _address = (byte*)SysMman.Map((nuint)Length, PROT_READ, MAP_SHARED, file.SafeFileHandle, out int errno);
        if (_address is null)
        {
            file.Dispose();
            throw new IOException($"cannot map it: {Marshal.GetPInvokeErrorMessage(errno)}");
        }
    }

    /// <summary>Its length when it was opened.</summary>
    internal ulong Length { get; }

    private static ulong PageBytes => (ulong)Environment.SystemPageSize;

    /// <summary>
    /// Bytes of whole pages in memory, by mincore(2); 10 to 20 ns a page. To a user who could not write the file the kernel says that all of
    /// it is: <see cref="TellsTheTruth"/>.
    /// </summary>
    internal ulong ResidentIn(IReadOnlyList<(ulong Start, ulong End)> ranges)
    {
        ulong pages = 0;
        ForEachLook(ranges, (_, inCore) =>
        {
            foreach (byte page in inCore)
            {
                pages += page & 1u;
            }
        });
        return pages * PageBytes;
    }

    /// <summary>Whether mincore(2) tells this user: the file is its own, or it may write it (mm/mincore.c, can_do_mincore).</summary>
    internal static bool TellsTheTruth(FileStream file) =>
        Environment.IsPrivilegedProcess || Unistd.MayWrite($"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}");

    /// <summary>
    /// Loads ranges and returns when they are loaded: all reads are asked for at once (POSIX_FADV_WILLNEED), then what is still missing is
    /// read, without reading ahead. What cannot be read stays missing.
    /// </summary>
    /// <param name="ranges">Whole pages inside the file.</param>
    /// <param name="all">Read everything: nobody tells what is missing.</param>
    /// <param name="cancellation">Ends it between two reads.</param>
    internal void Load(IReadOnlyList<(ulong Start, ulong End)> ranges, bool all, CancellationToken cancellation)
    {
        foreach ((ulong start, ulong end) in ranges)
        {
            _ = Fcntl.Advise(_file.SafeFileHandle, start, end - start, POSIX_FADV_WILLNEED);
        }

        _ = Fcntl.Advise(_file.SafeFileHandle, 0, 0, POSIX_FADV_RANDOM);
        if (all)
        {
            foreach ((ulong start, ulong end) in ranges)
            {
                Read(start, end, cancellation);
            }

            return;
        }

        ForEachLook(ranges, (start, inCore) =>
        {
            for (int page = 0; page < inCore.Length; page++)
            {
                int first = page;
                while (page < inCore.Length && (inCore[page] & 1) == 0)
                {
                    page++;
                }

                Read(start + ((ulong)first * PageBytes), start + ((ulong)page * PageBytes), cancellation);
            }
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ = SysMman.Unmap(_address, (nuint)Length);
        _file.Dispose();
    }

    private void Read(ulong start, ulong end, CancellationToken cancellation)
    {
        while (start < end)
        {
            cancellation.ThrowIfCancellationRequested();
            int wanted = (int)Math.Min(ReadBytes, end - start);
            int read;
            try
            {
                read = RandomAccess.Read(_file.SafeFileHandle, _buffer.AsSpan(0, wanted), (long)start);
            }
            catch (IOException)
            {
                // A bad block: mincore tells that it is not there.
                return;
            }

            if (read == 0)
            {
                return;
            }

            start += (ulong)read;
        }
    }

    private void ForEachLook(IReadOnlyList<(ulong Start, ulong End)> ranges, LookAction look)
    {
        foreach ((ulong rangeStart, ulong rangeEnd) in ranges)
        {
            for (ulong start = rangeStart; start < rangeEnd; start += PagesPerLook * PageBytes)
            {
                ulong length = Math.Min(rangeEnd - start, PagesPerLook * PageBytes);
                Span<byte> inCore = _inCore.AsSpan(0, (int)((length + PageBytes - 1) / PageBytes));
                if (SysMman.InCore(_address + start, (nuint)length, inCore) == 0)
                {
                    look(start, inCore);
                }
            }
        }
    }

    private delegate void LookAction(ulong start, ReadOnlySpan<byte> inCore);
}
