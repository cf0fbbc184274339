using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Cli.Input;

/// <summary>A working-set file.</summary>
internal static class WorkingSetInput
{
    private const int HeadBytes = 256;

    /// <summary>Whether a file, opened for a look, is a working set; false also when it cannot be read, or is a pipe or a folder.</summary>
    internal static bool IsWorkingSet(string path)
    {
        try
        {
            using FileStream file = FileIdentity.Open(path);
            byte[] head = new byte[HeadBytes];
            return WorkingSetReader.IsBegin(head.AsSpan(0, file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Reads one; <c>-</c> is standard input.</summary>
    /// <exception cref="InputException">It cannot be opened.</exception>
    /// <exception cref="RecordingFormatException">It is no working set.</exception>
    internal static WorkingSetDocument Read(string path)
    {
        string name = RecordingInput.NameOf(path);
        if (Directory.Exists(path))
        {
            throw InputException.IsDirectory(name);
        }

        try
        {
            using FileStream file = RecordingInput.OpenStream(path);
            return WorkingSetReader.Read(file, name);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"there is no file '{name}'", "'damon-trace snapshot -p PID -o FILE.workingset' makes a working set");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw InputException.Of(name, error);
        }
    }
}
