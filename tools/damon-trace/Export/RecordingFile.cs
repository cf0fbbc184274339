using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;

namespace Damon.Trace.Cli.Export;

internal sealed class RecordingFile : IDisposable
{
    private readonly FileStream _s;
    private RecordingFile(FileStream s) => _s = s;
    internal static RecordingFile Open(string path) => new(File.OpenRead(path));
    internal void Read(IRecordingSink sink, CancellationToken c) => new NetTraceReader(_s).Read(sink, c);
    public void Dispose() => _s.Dispose();
}
