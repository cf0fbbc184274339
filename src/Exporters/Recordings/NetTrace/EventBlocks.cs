using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>Decodes the blocks of a stream and hands the events of our provider over in order of time.</summary>
internal sealed class EventBlocks(NetTraceInput input, DamonEventDispatcher dispatcher, NetTraceHeader header)
{
    /// <summary>
    /// A correct stream never holds back more than its recorder's buffer; a damaged one without marks must not take all memory.
    /// </summary>
    private const long LargestBacklog = 64 * 1024 * 1024;

    private const short CompressedHeaders = 1;

    private readonly EventMetadata _metadata = new();
    private readonly LossCounter _losses = new();
    private readonly PendingEvents _pending = new(input, dispatcher);

    public long LostEvents => _losses.Lost;

    /// <summary>Decodes the next block of the input, as far as it is there, and moves behind it; null when all is well.</summary>
    public string? Read(string name, int available, bool whole)
    {
        ReadOnlySpan<byte> block = input.Peek(available);
        string? failure = name switch
        {
            "EventBlock" => ReadEvents(block, isMetadata: false, whole),
            "MetadataBlock" => ReadEvents(block, isMetadata: true, whole),
            "SPBlock" => ReadSequencePoint(block, whole),
            _ => null, // StackBlock, and whatever later versions add.
        };
        input.Advance(available);
        if (failure is null && input.Offset - Math.Min(_pending.KeepFrom, input.Offset) > LargestBacklog)
        {
            failure = DeliverAll();
        }

        input.KeepFrom = _pending.KeepFrom;
        return failure;
    }

    /// <summary>The stream is over: hands over what waits.</summary>
    public string? Finish() => DeliverAll();

    private string? ReadSequencePoint(ReadOnlySpan<byte> block, bool whole)
    {
        // All events before a sequence point in time are before it in the stream too.
        string? failure = DeliverAll();
        if (failure is null && !_losses.TrySequencePoint(block) && whole)
        {
            failure = $"offset {input.Offset}: the sequence point is shorter than its threads";
        }

        return failure;
    }

    private string? ReadEvents(ReadOnlySpan<byte> block, bool isMetadata, bool whole)
    {
        if (block.Length < 4)
        {
            return whole ? $"offset {input.Offset}: a block of {block.Length} bytes has no header" : null;
        }

        int start = BinaryPrimitives.ReadInt16LittleEndian(block);
        short flags = BinaryPrimitives.ReadInt16LittleEndian(block[2..]);
        if (start < 4 || (start > block.Length && whole))
        {
            return $"offset {input.Offset}: a block header of {start} bytes in a block of {block.Length}";
        }

        if ((flags & CompressedHeaders) == 0)
        {
            return $"offset {input.Offset}: blocks without header compression are not supported";
        }

        int end = isMetadata ? DecodeMetadata(block, start) : DecodeEvents(block, start);
        if (end < 0)
        {
            return $"offset {_pending.FailedAt}: an event is shorter than its fields";
        }

        return end < block.Length && whole ? $"offset {input.Offset + end}: an event reaches beyond its block" : null;
    }

    private int DecodeMetadata(ReadOnlySpan<byte> block, int position)
    {
        BlobHeader blob = default;
        while (position < block.Length)
        {
            int next = position;
            if (!blob.TryRead(block, ref next) || blob.PayloadSize > block.Length - next
                || !_metadata.TryAdd(block.Slice(next, blob.PayloadSize)))
            {
                return position;
            }

            position = next + blob.PayloadSize;
        }

        return position;
    }

    /// <summary>
    /// Returns where decoding stopped: the end of the block, or the event that is not whole; -1 for a payload that does not hold its
    /// fields. Bound by header decoding and the store of what waits; no allocation per event.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int DecodeEvents(ReadOnlySpan<byte> block, int position)
    {
        long blockOffset = input.Offset;
        BlobHeader blob = default;
        int metadataId = 0;
        int eventId = EventMetadata.Foreign;
        bool any = false;
        ulong thread = 0;
        uint sequence = 0;
        while (position < block.Length)
        {
            int next = position;
            if (!blob.TryRead(block, ref next) || blob.PayloadSize > block.Length - next)
            {
                break;
            }

            if ((blob.Flags & BlobHeader.HasSequence) != 0)
            {
                SaveSequence(any, thread, sequence);
                _losses.Arrived(blob.CaptureThread, blob.Sequence);
                thread = blob.CaptureThread;
            }

            any = true;
            sequence = blob.Sequence;
            long timestamp = header.ToNs(blob.Timestamp);
            if ((blob.Flags & BlobHeader.IsSorted) != 0 && !_pending.TryDeliverBefore(timestamp))
            {
                return -1;
            }

            if (blob.MetadataId != metadataId)
            {
                metadataId = blob.MetadataId;
                eventId = _metadata.EventIdOf(metadataId);
            }

            if (eventId != EventMetadata.Foreign)
            {
                // The largest time is the mark for "all".
                ref PendingEvent pending = ref _pending.Add(Math.Min(timestamp, long.MaxValue - 1), blob.CaptureThread);
                pending.PayloadOffset = blockOffset + next;
                pending.PayloadSize = blob.PayloadSize;
                pending.Thread = (int)blob.Thread;

                // 2^32 - 1 means that the runtime does not tell the CPU; TraceEvent shows it as 0 as well.
                pending.Cpu = Math.Max(blob.Cpu, 0);
                pending.EventId = eventId;
            }

            position = next + blob.PayloadSize;
        }

        SaveSequence(any, thread, sequence);
        return position;
    }

    private void SaveSequence(bool any, ulong thread, uint sequence)
    {
        if (any)
        {
            _losses.AdvancedTo(thread, sequence);
        }
    }

    private string? DeliverAll() => _pending.TryDeliverAll() ? null : $"offset {_pending.FailedAt}: an event is shorter than its fields";
}
