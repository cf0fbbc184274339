using System.Globalization;
using System.IO.Compression;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>Reads what <see cref="AnnexWriter"/> wrote, one chunk at a time.</summary>
internal sealed class AnnexReader
{
    /// <summary>
    /// A chunk beyond this is damage, not a reason to take memory; writers end theirs after 256 KB and the event that filled them.
    /// </summary>
    private const int LargestChunk = 16 * 1024 * 1024;

    private readonly Stream _file;
    private readonly Queue<(long Offset, int Length)> _chunks = new();
    private readonly Dictionary<(ulong TargetId, uint StackId), StackDescription> _stacks = [];
    private ReadOnlyMemory<byte> _records;
    private IdleRecord[] _idle = [];
    private AnnexKind _kind;
    private long _chunkOffset;
    private int _at;

    /// <param name="file">The Parquet file, seekable.</param>
    /// <param name="chunks">Where the chunks are, as in the file's metadata; null where it has none.</param>
    /// <exception cref="RecordingFormatException">It is no list of chunks.</exception>
    internal AnnexReader(Stream file, string? chunks)
    {
        _file = file;
        Told = chunks is not null;
        foreach (string chunk in (chunks ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = chunk.Split('+');
            if (parts.Length != 2 || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out long offset)
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length < AnnexWriter.Magic.Length || offset > file.Length - length)
            {
                throw new RecordingFormatException($"metadata {AnnexWriter.MetadataKey}: expected OFFSET+LENGTH inside the file, found '{chunk}'");
            }

            _chunks.Enqueue((offset, length));
        }

        Advance();
    }

    /// <summary>Whether the file has an annex at all.</summary>
    internal bool Told { get; }

    /// <summary>Rows before the next record; <see cref="long.MaxValue"/> when there is none.</summary>
    internal long NextRow { get; private set; }

    /// <summary>What the next snapshot says about its memory; whoever takes it sets it to null.</summary>
    internal SnapshotMemory? Memory { get; set; }

    /// <summary>What to add to the times of the snapshots that follow to get the wall clock.</summary>
    internal long? WallOffsetNs { get; private set; }

    /// <summary>How the recording ended; null until that was read.</summary>
    internal RecordingEnd? End { get; private set; }

    /// <summary>Delivers one record.</summary>
    internal void Deliver(IRecordingSink sink)
    {
        AnnexFields fields = new(_records.Span, _at, _chunkOffset);
        switch (_kind)
        {
            case AnnexKind.Context:
                sink.OnContext(new(fields.Read<ContextAttributes>(), fields.Text(), fields.Text(), fields.Text(), fields.Text()));
                break;
            case AnnexKind.Target:
                sink.OnTarget(new(fields.Read<ulong>(), fields.Read<int>(), fields.Read<ulong>(), fields.Text(), ""));
                break;
            case AnnexKind.Mapping or AnnexKind.LabelledMapping:
                sink.OnMapping(new(
                    fields.Read<ulong>(), fields.Read<uint>(), fields.Read<uint>(), fields.Read<ulong>(), fields.Read<ulong>(), fields.Text(),
                    fields.Text())
                {
                    Label = _kind == AnnexKind.LabelledMapping ? fields.Text() : "",
                });
                break;
            case AnnexKind.Footprint:
                sink.OnFootprint(fields.Read<Footprint>());
                break;
            case AnnexKind.Idle:
                IdlePages idle = fields.Read<IdlePages>();
                sink.OnIdle(in idle, fields.Records(ref _idle));
                break;
            case AnnexKind.Heartbeat:
                sink.OnHeartbeat(fields.Read<Heartbeat>());
                break;
            case AnnexKind.IntervalsTuned:
                sink.OnIntervalsTuned(fields.Read<long>(), fields.Read<int>(), fields.Text(), fields.Read<int>(), fields.Read<ulong>());
                break;
            case AnnexKind.Scheme:
                sink.OnScheme(fields.Scheme());
                break;
            case AnnexKind.Stack:
                StackDescription stack = fields.Stack();
                _stacks[(stack.TargetId, stack.StackId)] = stack;
                break;
            case AnnexKind.Access:
            case AnnexKind.Sampler:
            case AnnexKind.HugePages:
            case AnnexKind.SplitPages:
                AccessEvent access = fields.Access(_kind, _stacks);
                sink.OnAccess(in access);
                break;
            case AnnexKind.Memory:
                Memory = fields.Read<SnapshotMemory>();
                break;
            case AnnexKind.WallOffset:
                WallOffsetNs = fields.Maybe<long>();
                break;
            case AnnexKind.EmptySnapshot:
                DeliverEmpty(ref fields, sink);
                break;
            case AnnexKind.End:
                End = fields.End();
                break;
            default:
                throw new RecordingFormatException(
                    $"annex at offset {_chunkOffset}: a record of kind {(byte)_kind}; hint: a newer damon-trace wrote the file and reads it");
        }

        _at = fields.At;
        Advance();
    }

    private void DeliverEmpty(ref AnnexFields fields, IRecordingSink sink)
    {
        Snapshot snapshot = fields.EmptySnapshot();
        snapshot.WallOffsetNs = WallOffsetNs;
        snapshot.Memory = Memory;
        Memory = null;
        ParquetRecordingReader.RequirePlausible(snapshot);
        Empty++;
        IncompleteEmpty += snapshot.Complete ? 0 : 1;
        sink.OnSnapshot(snapshot);
    }

    /// <summary>Snapshots without regions.</summary>
    internal long Empty { get; private set; }

    /// <summary>Of these, those that should have some.</summary>
    internal long IncompleteEmpty { get; private set; }

    private static RecordingFormatException TooLarge(long offset) => new($"offset {offset}: an annex of more than {LargestChunk} bytes");

    private void Advance()
    {
        while (_at >= _records.Length)
        {
            if (!_chunks.TryDequeue(out (long Offset, int Length) chunk))
            {
                NextRow = long.MaxValue;
                return;
            }

            Load(chunk.Offset, chunk.Length);
        }

        AnnexFields fields = new(_records.Span, _at, _chunkOffset);
        _kind = (AnnexKind)fields.Read<byte>();
        NextRow = (long)Math.Min(fields.Varint(), long.MaxValue - 1);
        _at = fields.At;
    }

    private void Load(long offset, int length)
    {
        byte[] packed = new byte[length];
        _file.Position = offset;
        _file.ReadExactly(packed);
        _chunkOffset = offset;
        _at = 0;
        if (!packed.AsSpan().StartsWith(AnnexWriter.Magic))
        {
            throw new RecordingFormatException($"offset {offset}: expected an annex, found {Convert.ToHexString(packed.AsSpan(0, 4))}");
        }

        try
        {
            using ZLibStream zlib = new(new MemoryStream(packed, AnnexWriter.Magic.Length, length - AnnexWriter.Magic.Length), CompressionMode.Decompress);
            byte[] records = new byte[4 * length];
            int filled = 0;
            while (zlib.Read(records, filled, records.Length - filled) is > 0 and int read)
            {
                filled += read;
                if (filled == records.Length)
                {
                    Array.Resize(ref records, filled < LargestChunk ? 2 * filled : throw TooLarge(offset));
                }
            }

            _records = records.AsMemory(0, filled);
        }
        catch (Exception error) when (error is InvalidDataException or IOException) // the bytes are in memory: both are zlib's
        {
            throw new RecordingFormatException($"offset {offset}: the annex is damaged: {error.Message}", error);
        }
    }
}
