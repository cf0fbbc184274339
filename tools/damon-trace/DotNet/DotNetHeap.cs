using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Tracer.Targets;
using Microsoft.Diagnostics.NETCore.Client;
using System.Diagnostics.Tracing;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// Names the heap of a .NET target through its diagnostic port: an EventPipe session in the target whose events are read on a thread of its
/// own. The session lasts until one collection has told its ranges and is opened again some seconds later: telling them costs the target
/// milliseconds a collection, and some programs collect all the time.
/// A target that is no .NET process, or not yet, has no ranges; it is asked again, ever more seldom.
/// </summary>
internal sealed class DotNetHeap : INamedRanges, IRecordingSink
{
    // GCHeapCollect: the runtime makes one full collection when a session asks for it.
    private const long CollectKeyword = 0x80_0000;

    // The events of one collection of a heap of a thousand regions are about 100 KB; buffers are taken from the target as needed.
    private const int BufferMb = 4;

    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan s_betweenSessions = TimeSpan.FromSeconds(5);

    private readonly int _pid;
    private readonly HeapGenerations _generations;
    private readonly ManualResetEventSlim _stopping = new(false);
    private readonly Lock _changing = new();
    private long _keywords;
    private EventPipeSession? _session;
    private CancellationTokenSource? _told;

    private DotNetHeap(int pid, DotNetNames how)
    {
        _pid = pid;
        _generations = new HeapGenerations(() => _told?.Cancel());
        Label = how == DotNetNames.Collect ? "dotnet_names=collect" : "dotnet_names=passive";
        _keywords = HeapGenerations.Keywords | (how == DotNetNames.Collect ? CollectKeyword : 0);
    }

    /// <inheritdoc/>
    public string Label { get; }

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Ranges => _generations.Ranges;

    /// <summary>Begins to look at a process; null when it is not to be asked.</summary>
    internal static DotNetHeap? Watch(int pid, DotNetNames how)
    {
        if (how == DotNetNames.None)
        {
            return null;
        }

        var heap = new DotNetHeap(pid, how);
        new Thread(heap.Run) { Name = "dotnet-names", IsBackground = true }.Start();
        return heap;
    }

    /// <summary>Ends the session by closing its stream. Returns at once: it is called where checks are made.</summary>
    public void Dispose()
    {
        lock (_changing)
        {
            _stopping.Set();
            _session?.Dispose();
        }
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        // The session has no events of ours.
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end)
    {
        // The process has ended its runtime, or become another program.
    }

    private void Run()
    {
        TimeSpan pause = s_firstPause;
        do
        {
            if (TryStart() is EventPipeSession session)
            {
                pause = Read(session) ? s_betweenSessions : s_firstPause;
                End(session);
            }
            else
            {
                pause = pause * 2 > s_longestPause ? s_longestPause : pause * 2;
            }
        }
        while (!_stopping.Wait(pause));
    }

    private EventPipeSession? TryStart()
    {
        var provider = new EventPipeProvider(_generations.Provider, EventLevel.Informational, _keywords);
        var configuration = new EventPipeSessionConfiguration([provider], BufferMb, requestRundown: false, requestStackwalk: false);
        try
        {
            EventPipeSession session = new DiagnosticsClient(_pid).StartEventPipeSession(configuration);
            lock (_changing)
            {
                if (!_stopping.IsSet)
                {
                    // One collection on our account is enough.
                    _keywords &= ~CollectKeyword;
                    return _session = session;
                }
            }

            session.Dispose();
        }
        catch (Exception error) when (error is DiagnosticsClientException or IOException or UnauthorizedAccessException or TimeoutException)
        {
            // No runtime there, none yet, or one that does not listen: names are a courtesy, the recording goes on without.
        }

        return null;
    }

    /// <summary>Reads until a collection has told its ranges; false when the session ended before.</summary>
    private bool Read(EventPipeSession session)
    {
        using var told = new CancellationTokenSource();
        _told = told;
        try
        {
            new NetTraceReader(session.EventStream, _generations).Read(this, told.Token);
        }
        catch (OperationCanceledException)
        {
            return true;
        }
        catch (Exception error) when (error is IOException or RecordingFormatException or ObjectDisposedException)
        {
            // Ended by us, or by the target in the middle of a block.
        }
        finally
        {
            _told = null;
        }

        return told.IsCancellationRequested;
    }

    /// <summary>Stops the session in the target, which has to be read to its end for that.</summary>
    private void End(EventPipeSession session)
    {
        try
        {
            var stopping = Task.Run(session.Stop);
            session.EventStream.CopyTo(Stream.Null);
            stopping.Wait(s_firstPause);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or AggregateException)
        {
            // The target is gone, or we were disposed of: the session ends with its stream.
        }

        lock (_changing)
        {
            _session = null;
            session.Dispose();
        }
    }
}
