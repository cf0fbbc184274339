using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Exporters.Output;

/// <summary>
/// Where output goes. A file is written as NAME.partial, readable by its owner only because it holds addresses, and gets its name when
/// <see cref="Complete"/> is called: what stands under the final name can be read. Without that nothing stays.
/// </summary>
/// <remarks>
/// Devices and pipes are written to directly: there is nothing to rename, and renaming over /dev/null would be a disaster. Opening a pipe
/// waits for its reader.
/// </remarks>
public sealed class OutputFile : IDisposable
{
    /// <summary>The path that means standard output.</summary>
    public const string StandardOutput = "-";

    /// <summary>What is appended to the name of a file that is not complete.</summary>
    public const string PartialSuffix = ".partial";

    /// <summary>What is appended to the name of a file that was there before.</summary>
    public const string OldSuffix = ".old";

    private const ushort OwnerOnly = 0x180;

    // Another process may finish, and rename, a file between our opening and locking it.
    private const int MostTries = 10;

    private static readonly TimeSpan s_untilNextTry = TimeSpan.FromMilliseconds(10);
    private static readonly Lock s_lock = new();
    private static readonly HashSet<OutputFile> s_unfinished = [];

    private readonly OutputPlace? _place;
    private readonly byte[] _partialName;
    private bool _finished;

    private OutputFile(string path, OutputPlace? place, Stream stream, bool isReplaced)
    {
        Path = place?.Display ?? path;
        _place = place;
        _partialName = isReplaced ? PartialOf(place!) : [];
        PartialPath = isReplaced ? Path + PartialSuffix : null;
        Stream = stream;
    }

    /// <summary>The final name, links followed, or "-".</summary>
    public string Path { get; }

    /// <summary>The name until completion; null where nothing is renamed.</summary>
    public string? PartialPath { get; }

    /// <summary>
    /// Unbuffered: writers have their own buffers, and what a stream holds back cannot be taken back on a full disk. Its errors are
    /// <see cref="OutputException"/>s.
    /// </summary>
    public Stream Stream { get; }

    /// <summary>Bytes in the file; 0 where there is none.</summary>
    public long Length { get; private set; }

    /// <summary>Opens an output.</summary>
    /// <param name="path">File name, or "-".</param>
    /// <exception cref="OutputException">It cannot be written; the message is meant for the user.</exception>
    public static OutputFile Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path == StandardOutput)
        {
            return new OutputFile(path, null, new StandardOutputStream(), isReplaced: false);
        }

        var place = OutputPlace.Resolve(path);
        try
        {
            return Create(path, place);
        }
        catch
        {
            place.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes every NAME.partial that is of no use to anybody; for the moment before the process leaves without unwinding. From then on
    /// nobody opens or completes an output: the lock is never given back.
    /// </summary>
    public static void DiscardUnfinished()
    {
        s_lock.Enter();
        foreach (OutputFile file in s_unfinished)
        {
            _ = FileCalls.UnlinkAt(file._place!.Directory, file._partialName);
            file._finished = true;
        }

        s_unfinished.Clear();
    }

    /// <summary>The output is as it should be: closes it and gives it its name, replacing a file of that name.</summary>
    /// <param name="keepOld">A file that is replaced stays as NAME.old.</param>
    public void Complete(bool keepOld = false)
    {
        Stream.Flush();
        if (PartialPath is null)
        {
            Stream.Dispose();
            return;
        }

        Length = Stream.CanSeek ? Stream.Length : 0;
        lock (s_lock)
        {
            Stream.Dispose();
            if (_finished)
            {
                return;
            }

            s_unfinished.Remove(this);
            _finished = true;
            if (keepOld && FileCalls.StatAt(_place!.Directory, _place.Name, out FileStatus old) == 0 && old is { IsFile: true, Size: > 0 })
            {
                Rename(_place.Name, [.. _place.Name, .. ".old"u8], Path, Path + OldSuffix);
            }

            Rename(_partialName, _place!.Name, PartialPath, Path);
        }
    }

    /// <summary>
    /// From here on half of it is of use, as of a recording, which cannot be made again: NAME.partial stays when it is not completed.
    /// </summary>
    public void KeepPartial()
    {
        lock (s_lock)
        {
            s_unfinished.Remove(this);
        }
    }

    /// <summary>What was written is of no use: leaves no trace.</summary>
    public void Discard()
    {
        lock (s_lock)
        {
            Stream.Dispose();
            s_unfinished.Remove(this);
            if (PartialPath is not null && !_finished)
            {
                _ = FileCalls.UnlinkAt(_place!.Directory, _partialName);
            }

            _finished = true;
        }
    }

    /// <summary>Closes it; without <see cref="Complete"/> before, NAME.partial goes, or stays after <see cref="KeepPartial"/>.</summary>
    public void Dispose()
    {
        bool discarded;
        lock (s_lock)
        {
            discarded = s_unfinished.Contains(this);
        }

        if (discarded)
        {
            Discard();
        }

        Stream.Dispose();
        _place?.Dispose();
    }

    private static OutputFile Create(string path, OutputPlace place)
    {
        if (place.Status is { IsDirectory: true })
        {
            throw new OutputException($"cannot write '{path}': it is a directory");
        }

        if (place.Name is [])
        {
            throw new OutputException($"cannot write '{path}': its directory does not exist");
        }

        if (place.Status is { IsFile: false })
        {
            return new OutputFile(path, place, new OutputFileStream(OpenSpecial(place, path), path), isReplaced: false);
        }

        // Created and noted in one: a signal in between would leave it behind.
        lock (s_lock)
        {
            SafeFileHandle partial = OpenPartial(place);
            try
            {
                var file = new OutputFile(path, place, new OutputFileStream(partial, path), isReplaced: true);
                s_unfinished.Add(file);
                return file;
            }
            catch
            {
                partial.Dispose();
                _ = FileCalls.UnlinkAt(place.Directory, PartialOf(place));
                throw;
            }
        }
    }

    private static SafeFileHandle OpenSpecial(OutputPlace place, string path)
    {
        int follow = place.IsMagicLink ? 0 : O_NOFOLLOW;
        SafeFileHandle file = FileCalls.OpenAt(place.Directory, place.Name, O_WRONLY | O_NOCTTY | follow, out int errno);
        bool same =
            errno == 0 && (place.IsMagicLink || (FileCalls.Stat(file, out FileStatus status) == 0 && status.IsSame(place.Status!.Value)));
        if (!same)
        {
            file.Dispose();
            throw new OutputException(
                $"cannot write '{path}': {(errno != 0 ? OutputPlace.Explain(errno) : "it was replaced while it was opened")}", errno);
        }

        return file;
    }

    private static byte[] PartialOf(OutputPlace place) => [.. place.Name, .. ".partial"u8];

    private static SafeFileHandle OpenPartial(OutputPlace place)
    {
        byte[] name = PartialOf(place);
        string display = place.Display + PartialSuffix;
        for (int i = 0; i < MostTries; i++)
        {
            SafeFileHandle file = FileCalls.OpenAt(place.Directory, name, O_WRONLY | O_CREAT | O_EXCL, out int errno, OwnerOnly);
            bool isNew = errno == 0;
            if (errno == EEXIST)
            {
                file = FileCalls.OpenAt(place.Directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK, out errno);
                if (errno == ENOENT)
                {
                    continue;
                }
            }

            try
            {
                if (TakeOver(file, errno, isNew, place.Directory, name, display))
                {
                    return file;
                }
            }
            catch
            {
                file.Dispose();
                if (isNew)
                {
                    _ = FileCalls.UnlinkAt(place.Directory, name);
                }

                throw;
            }

            file.Dispose();
        }

        throw new OutputException($"cannot write '{display}': other processes write it all the time");
    }

    /// <summary>
    /// Makes a file that was left behind, or was just created, ours alone. False when it has another name by now.
    /// The lock tells a recording that is under way from one that was left behind; where a file system has none, only a new file is ours.
    /// </summary>
    private static bool TakeOver(SafeFileHandle file, int errno, bool isNew, SafeFileHandle directory, byte[] name, string display)
    {
        if (errno != 0 && errno != ELOOP)
        {
            throw new OutputException($"cannot write '{display}': {OutputPlace.Explain(errno)}", errno);
        }

        if (errno == ELOOP || FileCalls.Stat(file, out FileStatus status) != 0 || !status.IsFile || status.Links > 1)
        {
            throw new OutputException($"cannot write '{display}': something that is not a file is in the way");
        }

        if (status.Owner != geteuid())
        {
            throw new OutputException($"cannot write '{display}': a file of another user is in the way");
        }

        int locked = FileCalls.TryLock(file);
        for (int i = 0; isNew && locked == -EWOULDBLOCK && i < MostTries; i++)
        {
            // A reader, who is through with an empty file at once, or another writer.
            Thread.Sleep(s_untilNextTry);
            locked = FileCalls.TryLock(file);
        }

        if (locked == -EWOULDBLOCK || (locked != 0 && !isNew))
        {
            string reason = locked == -EWOULDBLOCK ? "another process is writing it, or reading what was left behind" : $"it was left behind, and cannot be locked: {OutputPlace.Explain(-locked)}";
            throw new OutputException($"cannot write '{display}': {reason}");
        }

        if (FileCalls.StatAt(directory, name, out FileStatus now) != 0 || !now.IsSame(status))
        {
            return false;
        }

        _ = FileCalls.ChangeMode(file, OwnerOnly);
        if (now.Size > 0)
        {
            // Only then: a file that was truncated ext4 writes to the disk as it is closed, and whoever closes it waits.
            _ = FileCalls.Truncate(file, 0);
        }

        // .NET's readers ask for a shared lock: what is recorded can be read while it is. Not in one step: another writer may be faster.
        return locked != 0 || FileCalls.ShareLock(file) == 0;
    }

    private void Rename(byte[] from, byte[] to, string fromPath, string toPath)
    {
        int result = FileCalls.RenameAt(_place!.Directory, from, to);
        if (result < 0)
        {
            throw new OutputException($"cannot rename '{fromPath}' to '{toPath}': {OutputPlace.Explain(-result)}", -result);
        }
    }
}
