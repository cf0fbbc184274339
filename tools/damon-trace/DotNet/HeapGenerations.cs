using System.Buffers.Binary;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// The generations of a .NET heap, from the events of its garbage collector. At the begin and at the end of each collection the runtime
/// tells all regions of the heap, one GCGenerationRange each; what was told last holds until the next collection.
/// </summary>
internal sealed class HeapGenerations : IForeignEvents
{
    /// <summary>GC (0x1), for the event at the end of a collection, and GCHeapSurvivalAndMovement (0x400000), for the ranges.</summary>
    internal const long Keywords = 0x40_0001;

    /// <summary>More ranges are not worth their descriptions: then the heap has one name.</summary>
    internal const int MaxRanges = 2000;

    // Event ids of ClrEtwAll.man of the .NET runtime.
    private const int RestartEEEnd = 3;
    private const int GenerationRange = 23;

    // Generation (u8), start (u64), used length (u64), reserved length (u64).
    private const int GenerationRangeSize = 25;

    private const ulong PageMask = 4095;

    private readonly SortedDictionary<ulong, (ulong End, byte Generation)> _regions = [];
    private readonly Action _told;
    private volatile NamedRange[] _ranges = [];

    /// <param name="told">Called when the ranges of one collection are complete.</param>
    internal HeapGenerations(Action told)
    {
        _told = told;
    }

    /// <inheritdoc/>
    public string Provider => "Microsoft-Windows-DotNETRuntime";

    /// <summary>As of the latest collection, neighbours of one generation joined. Another object when they changed.</summary>
    internal NamedRange[] Ranges => _ranges;

    /// <inheritdoc/>
    public void OnEvent(int eventId, ReadOnlySpan<byte> payload)
    {
        switch (eventId)
        {
            case GenerationRange when payload.Length >= GenerationRangeSize:
                Add(
                    payload[0], BinaryPrimitives.ReadUInt64LittleEndian(payload[1..]), BinaryPrimitives.ReadUInt64LittleEndian(payload[17..]));
                break;
            case RestartEEEnd when _regions.Count > 0:
                Publish();
                break;
            default:
                break;
        }
    }

    private void Add(byte generation, ulong start, ulong reserved)
    {
        ulong end = start + reserved;
        if (end <= start)
        {
            return;
        }

        // A region told twice: a new telling has begun, of the end of the collection, and regions that are gone must not stay.
        if (_regions.ContainsKey(start))
        {
            _regions.Clear();
        }

        _regions[start] = (end, generation);
    }

    private void Publish()
    {
        NamedRange[] ranges = Join(oneName: false);
        ranges = ranges.Length > MaxRanges ? Join(oneName: true) : ranges;
        _regions.Clear();
        if (!ranges.AsSpan().SequenceEqual(_ranges))
        {
            _ranges = ranges;
        }

        _told();
    }

    /// <summary>The objects of a region begin behind its header; the header's page belongs to it.</summary>
    private NamedRange[] Join(bool oneName)
    {
        List<NamedRange> joined = [];
        foreach ((ulong first, (ulong end, byte generation)) in _regions)
        {
            ulong start = first & ~PageMask;
            string name = oneName ? "[dotnet heap]" : NameOf(generation);
            if (joined.Count > 0 && joined[^1].End > start)
            {
                // Overlaps only in a damaged stream.
                continue;
            }

            if (joined.Count > 0 && joined[^1].End == start && joined[^1].Name == name)
            {
                joined[^1] = joined[^1] with { End = end };
            }
            else
            {
                joined.Add(new NamedRange(start, end, name));
            }
        }

        return [.. joined];
    }

    private static string NameOf(byte generation) => generation switch
    {
        0 => "[dotnet gen0]",
        1 => "[dotnet gen1]",
        2 => "[dotnet gen2]",
        3 => "[dotnet loh]",
        4 => "[dotnet poh]",
        _ => "[dotnet heap]",
    };
}
