using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Recordings;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Cli.Input;

/// <summary>
/// A recording to be read once. Whatever keeps it from being read is an error of the input, and so is a recording with nothing in it.
/// </summary>
internal sealed class RecordingInput : IRecordingReader, IDisposable
{
    internal const string StandardInput = "-";
    internal const string StandardInputName = "standard input";

    private readonly IRecordingReader _reader;
    private readonly InputStream? _stream;
    private readonly string _name;

    private RecordingInput(IRecordingReader reader, InputStream? stream, string name)
    {
        _reader = reader;
        _stream = stream;
        _name = name;
    }

    /// <summary>Opens a file, a folder that is a recording, or standard input for <c>-</c>. Opening a pipe waits for its writer.</summary>
    /// <exception cref="InputException">It cannot be opened.</exception>
    internal static RecordingInput Open(string path)
    {
        string name = NameOf(path);
        try
        {
            if (Directory.Exists(path))
            {
                return new RecordingInput(RecordingFolder.Open(path), null, name);
            }

            return Of(OpenStream(path), name);
        }
        catch (Exception error) when (error is (IOException or UnauthorizedAccessException) and not DamonTraceException)
        {
            throw InputException.Of(name, error);
        }
    }

    /// <summary>Reads a stream that is open; owned from here on.</summary>
    internal static RecordingInput Of(Stream stream, string name)
    {
        var input = new InputStream(stream, name);
        return new RecordingInput(new RecordingReader(input, name), input, name);
    }

    internal static string NameOf(string path) => path == StandardInput ? StandardInputName : path;

    /// <summary>A recording may still be growing, and readers have windows of their own.</summary>
    internal static FileStream OpenStream(string path) => path == StandardInput
        ? new FileStream(new SafeFileHandle(0, ownsHandle: false), FileAccess.Read, 0)
        : new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 0,
        });

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        NotEmpty notEmpty = new(sink, _name);
        using var progress = _stream is null ? ReadingProgress.Watch(() => notEmpty.Events, _name) : ReadingProgress.Watch(_stream, _name);
        new ReadAhead(_reader).Read(notEmpty, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => (_reader as IDisposable)?.Dispose();
}
