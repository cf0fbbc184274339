using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// Writes what of a recording is no row (descriptions, mappings, idle times, how it ended, ...) between the row groups of a Parquet file,
/// so that the file can be read back as the recording it was. Readers of Parquet go where the footer sends them and never see it.
/// </summary>
/// <remarks>
/// A chunk is the magic and a zlib stream of records; where the chunks are is in the file's metadata, see <see cref="Chunks"/>. A record is
/// its <see cref="AnnexKind"/>, the number of rows before it (varint) and its fields: numbers little endian, texts UTF-8 after a varint
/// with their length.
/// </remarks>
internal sealed class AnnexWriter
{
    internal const string MetadataKey = "damon_trace.annex";

    /// <summary>Records that are kept until a chunk is written, in bytes.</summary>
    private const int ChunkBytes = 256 * 1024;

    private readonly ByteBuffer _records = new();
    private readonly List<(long Offset, int Length)> _chunks = [];
    private readonly Dictionary<(ulong TargetId, uint StackId), StackDescription> _stacks = [];
    private long? _wallOffsetNs;

    internal static ReadOnlySpan<byte> Magic => "DTAX"u8;

    /// <summary>Rows of the file before the next record.</summary>
    internal long Row { get; set; }

    /// <summary>Whether <see cref="Flush"/> should be called, row group or not: memory has bounds.</summary>
    internal bool IsFull => _records.Length >= ChunkBytes;

    internal void Add(ContextDescription context)
    {
        Begin(AnnexKind.Context);
        Write(context.Attributes);
        WriteText(context.Kdamond);
        WriteText(context.Operations);
        WriteText(context.AccessCheck);
        WriteText(context.Labels);
    }

    /// <summary>Without the command line, which may hold secrets: files get passed on.</summary>
    internal void Add(TargetDescription target)
    {
        Begin(AnnexKind.Target);
        Write(target.TargetId);
        Write(target.Pid);
        Write(target.StartTimeTicks);
        WriteText(target.Comm);
    }

    internal void Add(MappingDescription mapping)
    {
        Begin(mapping.Label.Length == 0 ? AnnexKind.Mapping : AnnexKind.LabelledMapping);
        Write(mapping.TargetId);
        Write(mapping.Generation);
        Write(mapping.NrMappings);
        Write(mapping.Start);
        Write(mapping.End);
        WriteText(mapping.Permissions);
        WriteText(mapping.Name);
        if (mapping.Label.Length > 0)
        {
            WriteText(mapping.Label);
        }
    }

    internal void Add(in Footprint footprint)
    {
        Begin(AnnexKind.Footprint);
        Write(footprint);
    }

    internal void Add(in Heartbeat heartbeat)
    {
        Begin(AnnexKind.Heartbeat);
        Write(heartbeat);
    }

    internal void Add(in IdlePages idle, ReadOnlySpan<IdleRecord> records)
    {
        Begin(AnnexKind.Idle);
        Write(idle);
        _records.WriteVarint((ulong)records.Length);
        _records.Write(MemoryMarshal.AsBytes(records));
    }

    internal void AddTuned(long timestampNs, int cpu, string kdamond, int kdamondTid, ulong sampleUs)
    {
        Begin(AnnexKind.IntervalsTuned);
        Write(timestampNs);
        Write(cpu);
        WriteText(kdamond);
        Write(kdamondTid);
        Write(sampleUs);
    }

    internal void Add(in SchemeEvent scheme)
    {
        Begin(AnnexKind.Scheme);
        Write((byte)scheme.Kind);
        Write(scheme.TimestampNs);
        Write(scheme.Cpu);
        WriteText(scheme.Kdamond ?? "");
        Write(scheme.KdamondTid);
        Write(scheme.ContextIndex);
        Write(scheme.SchemeIndex);
        Write(scheme.Region);
        Write(scheme.EffectiveBytes);
        SchemeStatistics counters = scheme.Statistics;
        foreach (ulong? counter in (ReadOnlySpan<ulong?>)
            [
                counters.NrTried, counters.SzTried, counters.NrApplied, counters.SzApplied, counters.SzOpsFilterPassed, counters.QtExceeds,
                counters.NrSnapshots,
            ])
        {
            WriteMaybe(counter);
        }
    }

    internal void Add(in AccessEvent access)
    {
        switch (access.Kind)
        {
            case AccessEventKind.Sampler:
                Begin(AnnexKind.Sampler);
                Write(access.Sampler!.Counts);
                WriteText(access.Sampler.Sampler);
                WriteText(access.Sampler.Unit);
                WriteText(access.Sampler.Remark);
                break;
            case AccessEventKind.HugePages:
                Begin(AnnexKind.HugePages);
                Write(access.HugePages);
                WriteList(access.Runs!);
                break;
            case AccessEventKind.SplitPages:
                Begin(AnnexKind.SplitPages);
                Write(access.Split);
                WriteList(access.Pages!);
                break;
            default:
                AddAccess(in access);
                break;
        }
    }

    /// <summary>What the snapshot has beside its rows; before these are counted in <see cref="Row"/>.</summary>
    internal void Add(Snapshot snapshot)
    {
        if (snapshot.WallOffsetNs != _wallOffsetNs)
        {
            _wallOffsetNs = snapshot.WallOffsetNs;
            Begin(AnnexKind.WallOffset);
            WriteMaybe(_wallOffsetNs);
        }

        if (snapshot.Memory is { } memory)
        {
            Begin(AnnexKind.Memory);
            Write(memory);
        }

        if (snapshot.Count == 0)
        {
            AddEmpty(snapshot);
        }
    }

    internal void Add(RecordingEnd end)
    {
        Begin(AnnexKind.End);
        Write(end.Snapshots);
        Write(end.IncompleteSnapshots);
        Write(end.Events);
        Write(end.LostEvents);
        WriteText(end.Truncation ?? "");
        _records.WriteVarint((ulong)end.Notes.Count);
        foreach (string note in end.Notes)
        {
            WriteText(note);
        }
    }

    /// <summary>Writes the records as a chunk and forgets them.</summary>
    internal void Flush(CountedOutput output)
    {
        if (_records.Length == 0)
        {
            return;
        }

        using MemoryStream compressed = new();
        compressed.Write(Magic);
        using (ZLibStream zlib = new(compressed, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(_records.Written);
        }

        ReadOnlySpan<byte> chunk = compressed.GetBuffer().AsSpan(0, (int)compressed.Length);
        long offset = output.Offset;
        output.Write(chunk);
        _chunks.Add((offset, chunk.Length));
        _records.Clear();
    }

    /// <summary>Forgets the records: there is no file for them any more.</summary>
    internal void Forget() => _records.Clear();

    /// <summary>Where the chunks before an offset are: "OFFSET+LENGTH", with blanks between.</summary>
    internal string Chunks(long end) => string.Join(
        ' ', _chunks.Where(chunk => chunk.Offset < end)
            .Select(chunk => string.Create(CultureInfo.InvariantCulture, $"{chunk.Offset}+{chunk.Length}")));

    private void AddAccess(in AccessEvent access)
    {
        AccessRecord record = access.Access;
        record.StackId = access.Stack?.StackId ?? 0;
        if (access.Stack is { } stack && (!_stacks.TryGetValue((stack.TargetId, stack.StackId), out StackDescription? written) || written != stack))
        {
            _stacks[(stack.TargetId, stack.StackId)] = stack;
            Begin(AnnexKind.Stack);
            Write(stack.TargetId);
            Write(stack.StackId);
            _records.WriteVarint((ulong)stack.Frames.Count);
            foreach (CodeFrame frame in stack.Frames)
            {
                Write(frame.Ip);
                Write(frame.FileOffset);
                WriteText(frame.Function);
                WriteText(frame.Module);
            }
        }

        Begin(AnnexKind.Access);
        Write(record);
        WriteText(access.Thread ?? "");
    }

    private void AddEmpty(Snapshot snapshot)
    {
        Begin(AnnexKind.EmptySnapshot);
        WriteText(snapshot.Kdamond);
        Write(snapshot.KdamondTid);
        Write(snapshot.TargetId);
        WriteMaybe(snapshot.Pid);
        Write(snapshot.Number);
        Write(snapshot.NrRegions);
        WriteMaybe(snapshot.BeginNs);
        WriteMaybe(snapshot.EndNs);
        WriteMaybe(snapshot.NrSamples);
        WriteMaybe(snapshot.NrUnclearable);
        WriteMaybe(snapshot.NrUnprepared);
        WriteMaybe(snapshot.NrLate);
        WriteMaybe(snapshot.NrMissed);
        WriteMaybe(snapshot.WindowsNs);
        WriteMaybe(snapshot.SampleUs);
        WriteMaybe(snapshot.AggrUs);
        Write(snapshot.Complete ? (byte)1 : (byte)0);
    }

    private void Begin(AnnexKind kind)
    {
        _records.Write((byte)kind);
        _records.WriteVarint((ulong)Row);
    }

    private void Write<T>(in T value)
        where T : unmanaged => _records.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    private void WriteList<T>(IReadOnlyList<T> values)
        where T : unmanaged
    {
        _records.WriteVarint((ulong)values.Count);
        foreach (T value in values)
        {
            Write(value);
        }
    }

    private void WriteMaybe<T>(T? value)
        where T : unmanaged
    {
        _records.Write(value is null ? (byte)0 : (byte)1);
        if (value is { } known)
        {
            Write(known);
        }
    }

    private void WriteText(string text)
    {
        int bytes = Encoding.UTF8.GetByteCount(text);
        _records.WriteVarint((ulong)bytes);
        _records.Advance(Encoding.UTF8.GetBytes(text, _records.Reserve(bytes)));
    }
}
