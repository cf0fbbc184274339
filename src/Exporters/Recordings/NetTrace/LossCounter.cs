using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>
/// Counts lost events by the gaps in the sequence numbers of each thread, which the runtime counts from 1 per session whether or not an
/// event finds room in its buffer.
/// </summary>
internal sealed class LossCounter
{
    /// <summary>A gap beyond this is no gap: the thread ended and a new one with its id starts from 1 again.</summary>
    private const uint LargestGap = int.MaxValue;

    private readonly Dictionary<ulong, uint> _lastSequence = [];

    public long Lost { get; private set; }

    /// <summary>An event with an explicit sequence number arrived.</summary>
    public void Arrived(ulong thread, uint sequence)
    {
        ref uint last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastSequence, thread, out _);
        uint missing = unchecked(sequence - last - 1);
        if (missing <= LargestGap)
        {
            Lost += missing;
        }

        last = sequence;
    }

    /// <summary>Events followed each other without a gap up to this one.</summary>
    public void AdvancedTo(ulong thread, uint sequence) => _lastSequence[thread] = sequence;

    /// <summary>
    /// A sequence point: the number each thread has reached, including events that were lost. Only here a lost tail shows.
    /// Layout: time (8), number of threads (4), then thread id (8) and sequence number (4) each.
    /// </summary>
    public bool TrySequencePoint(ReadOnlySpan<byte> block)
    {
        if (block.Length < 12)
        {
            return false;
        }

        int threads = BinaryPrimitives.ReadInt32LittleEndian(block[8..]);
        block = block[12..];
        for (int i = 0; i < threads; i++, block = block[12..])
        {
            if (block.Length < 12)
            {
                return false;
            }

            ulong thread = BinaryPrimitives.ReadUInt64LittleEndian(block);
            uint reached = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
            ref uint last = ref CollectionsMarshal.GetValueRefOrAddDefault(_lastSequence, thread, out _);
            uint missing = unchecked(reached - last);
            if (missing <= LargestGap)
            {
                Lost += missing;
                last = reached;
            }
        }

        return true;
    }
}
