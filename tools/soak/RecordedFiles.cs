using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Soak;

/// <summary>Reads all files of a rotated recording: aggregations are numbered from 0, so what is missing or there twice shows.</summary>
internal sealed class RecordedFiles : IRecordingSink
{
    private readonly TextWriter _output;
    private string _file = "";
    private long _next;
    private long _snapshots;
    private long _missing;
    private long _again;
    private long _incomplete;
    private RecordingEnd? _end;

    private RecordedFiles(TextWriter output) => _output = output;

    /// <summary>Says what is in the folder; true when it is all there, once.</summary>
    internal static bool Check(string folder, TextWriter output)
    {
        var all = new RecordedFiles(output);
        int broken = 0;
        string[] files = [.. Directory.GetFiles(folder).OrderBy(static file => File.GetLastWriteTimeUtc(file))];
        foreach (string file in files)
        {
            broken += all.Read(file) ? 0 : 1;
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{files.Length} files, {broken} of them not whole; {all._snapshots} snapshots, {all._incomplete} incomplete, {all._missing} missing, {all._again} there again"));
        return files.Length > 0 && broken + all._incomplete + all._missing + all._again == 0;
    }

    private bool Read(string file)
    {
        (_end, _file) = (null, file);
        try
        {
            using RecordingReader reader = RecordingReader.Open(file);
            reader.Read(this, CancellationToken.None);
        }
        catch (DamonTraceException problem)
        {
            _output.WriteLine($"{file}: {problem.Message}");
            return false;
        }

        if (_end is { Truncation: null, LostEvents: 0 } && file.EndsWith(".nettrace", StringComparison.Ordinal))
        {
            return true;
        }

        _output.WriteLine($"{file}: {_end?.Truncation}, {_end?.LostEvents} events lost");
        return false;
    }

    /// <inheritdoc/>
    public void OnSnapshot(Snapshot snapshot)
    {
        _snapshots++;
        _incomplete += snapshot.Complete ? 0 : 1;
        long number = (long)snapshot.Number;
        if (number != _next)
        {
            _output.WriteLine($"{_file}: snapshot {number} comes where {_next} should");
        }

        _missing += Math.Max(0, number - _next);
        _again += number < _next ? 1 : 0;
        _next = Math.Max(_next, number + 1);
    }

    /// <inheritdoc/>
    public void OnEnd(RecordingEnd end) => _end = end;

    /// <inheritdoc/>
    public void OnContext(ContextDescription context)
    {
    }

    /// <inheritdoc/>
    public void OnTarget(TargetDescription target)
    {
    }

    /// <inheritdoc/>
    public void OnMapping(MappingDescription mapping)
    {
    }

    /// <inheritdoc/>
    public void OnIntervalsTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
    }

    /// <inheritdoc/>
    public void OnHeartbeat(in Heartbeat heartbeat)
    {
    }

    /// <inheritdoc/>
    public void OnFootprint(in Footprint footprint)
    {
    }

    /// <inheritdoc/>
    public void OnIdle(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
    }

    /// <inheritdoc/>
    public void OnScheme(in SchemeEvent scheme)
    {
    }

    /// <inheritdoc/>
    public void OnAccess(in AccessEvent access)
    {
    }
}
