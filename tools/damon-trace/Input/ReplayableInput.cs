using Damon.Trace.Events;
using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Input;

/// <summary>
/// An input that can be read several times, as reports do that need the extent of a recording before they draw it: always the file that was
/// opened first, whatever its name stands for later. Pipes are kept in a temporary file for that.
/// </summary>
internal sealed class ReplayableInput : IDisposable
{
    private readonly string _path;
    private readonly string _name;
    private readonly FileStream? _file;

    private ReplayableInput(string path, string name, FileStream? file)
    {
        _path = path;
        _name = name;
        _file = file;
    }

    /// <exception cref="InputException">It cannot be read.</exception>
    /// <exception cref="OutputException">There is no room for a copy of a pipe.</exception>
    internal static ReplayableInput Open(string path, CancellationToken cancellation)
    {
        string name = RecordingInput.NameOf(path);
        if (Directory.Exists(path))
        {
            return new ReplayableInput(path, name, null);
        }

        try
        {
            FileStream source = RecordingInput.OpenStream(path);
            if (source is { CanSeek: true, Length: > 0, Position: 0 })
            {
                return new ReplayableInput(path, name, source);
            }

            using (source)
            using (var input = new InputStream(source, name))
            using (ReadingProgress.Watch(input, name))
            {
                return new ReplayableInput(path, name, NamelessFile.CopyOf([], input, cancellation));
            }
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not DamonTraceException)
        {
            throw InputException.Of(name, error);
        }
    }

    /// <summary>Begins a reading.</summary>
    internal IRecordingReader Read() => _file is null
        ? RecordingInput.Open(_path)
        : RecordingInput.Of(RecordingInput.OpenStream($"/proc/self/fd/{_file.SafeFileHandle.DangerousGetHandle()}"), _name);

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();
}
