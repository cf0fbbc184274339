using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Sorts snapshots by series (one series per kdamond and target) without holding them all in memory: damo's json wants each record with
/// all its snapshots, while a recording has the snapshots of all targets in turn. Small spools stay in memory; beyond the limit the
/// blocks of all series go into one temporary file that has no name any more, so nothing is left behind whatever happens. A region takes
/// 24 bytes: 100 M events are 2.4 GB of disk.
/// </summary>
internal sealed class SnapshotSpool(string? directory = null, int memoryBytes = SnapshotSpool.DefaultMemoryBytes) : IDisposable
{
    internal const int DefaultMemoryBytes = 16 * 1024 * 1024;

    /// <summary>A snapshot with more regions is refused: nothing real has as many, and a broken count must not take all memory.</summary>
    internal const int MaxRegions = 4 * 1024 * 1024;

    private readonly List<SpoolSeries> _series = [];
    private SafeFileHandle? _file;
    private long _fileBytes;
    private long _pendingBytes;

    /// <summary>Bytes in the temporary file; 0 while memory is enough.</summary>
    internal long FileBytes => _fileBytes;

    /// <summary>What a cursor reads at once: all cursors together take 64 MiB at most.</summary>
    internal int WindowBytes => Math.Clamp(64 * 1024 * 1024 / Math.Max(1, _series.Count), 256, 64 * 1024);

    internal SpoolSeries AddSeries()
    {
        SpoolSeries series = new(this);
        _series.Add(series);
        return series;
    }

    public void Dispose() => _file?.Dispose();

    internal void Grown(int bytes)
    {
        _pendingBytes += bytes;
        if (_pendingBytes < (_file is null ? memoryBytes : memoryBytes / 4))
        {
            return;
        }

        foreach (SpoolSeries series in _series)
        {
            series.MoveToFile();
        }

        _pendingBytes = 0;
    }

    internal long WriteBlock(ReadOnlySpan<byte> block)
    {
        _file ??= CreateFile();
        long offset = _fileBytes;
        RandomAccess.Write(_file, block, offset);
        _fileBytes += block.Length;
        return offset;
    }

    internal void ReadBlock(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            int read = RandomAccess.Read(_file!, destination, offset);
            if (read == 0)
            {
                throw new IOException("The temporary file is shorter than what was written into it.");
            }

            destination = destination[read..];
            offset += read;
        }
    }

    private SafeFileHandle CreateFile()
    {
        string path = Path.Combine(directory ?? Path.GetTempPath(), "damon-trace-" + Guid.NewGuid().ToString("N") + ".spool");
        FileStreamOptions options = new()
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.ReadWrite | FileShare.Delete,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
        {
            // Addresses are nobody else's business.
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using FileStream created = new(path, options);
        SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        File.Delete(path);
        return handle;
    }
}
