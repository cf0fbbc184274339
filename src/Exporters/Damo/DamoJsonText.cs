using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// The text of damo's json: plain integers everywhere (damo itself writes strings with thousands commas, and reads both), one line per
/// snapshot. Fields damo does not know, it ignores: <c>damon_trace</c> and <c>nr_regions</c> are ours.
/// </summary>
internal sealed class DamoJsonText(Stream output)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>No region and no snapshot head is longer: six numbers of at most 20 digits and the names around them.</summary>
    private const int MaxPieceBytes = 512;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;

    internal void BeginRecord(DamoJsonRecord record, bool first)
    {
        Put(first ? "[\n"u8 : ",\n"u8);
        Put("{\"kdamond_idx\":"u8);
        Put((ulong)record.KdamondIndex);
        Put(",\"context_idx\":0,\"intervals\":"u8);
        if (record is { SampleUs: { } sampleUs, AggrUs: { } aggrUs })
        {
            Put("{\"sample_us\":"u8);
            Put(sampleUs);
            Put(",\"aggr_us\":"u8);
            Put(aggrUs);
            Put(",\"ops_update_us\":"u8);
            Put(record.UpdateUs);
            Put("}"u8);
        }
        else
        {
            Put("null"u8);
        }

        Put(",\"scheme_idx\":null,\"target_id\":"u8);
        Put(record.TargetId);
        Put(",\"scheme_filters\":[],\"damon_trace\":{\"kdamond\":\""u8);
        foreach (byte[] piece in Pieces(record.Kdamond))
        {
            Put(piece);
        }

        Put("\",\"tid\":"u8);
        Put(record.KdamondTid);
        Put("},\"snapshots\":[\n"u8);
    }

    internal void EndRecord() => Put("\n]}"u8);

    internal void End(bool empty)
    {
        Put(empty ? "[]\n"u8 : "\n]\n"u8);
        WriteOut();
        output.Flush();
    }

    /// <summary>One line. Bound by the decimal conversions, about 130 bytes and 0.3 us a region; no allocation.</summary>
    internal void Snapshot(in SpooledSnapshot snapshot, ReadOnlySpan<SpooledRegion> regions, ulong? recordSampleUs, bool first)
    {
        Put(first ? "{\"start_time\":"u8 : ",\n{\"start_time\":"u8);
        Put(snapshot.BeginNs);
        Put(",\"end_time\":"u8);
        Put(snapshot.EndNs);
        if (snapshot.SampleUs != 0 && snapshot.SampleUs != recordSampleUs)
        {
            Put(",\"sample_interval_us\":"u8);
            Put(snapshot.SampleUs);
        }

        Put(",\"nr_regions\":"u8);
        Put(snapshot.NrRegions);
        if (snapshot.Pid != 0)
        {
            Put(",\"pid\":"u8);
            Put(snapshot.Pid);
        }

        Put(",\"regions\":["u8);
        for (int i = 0; i < regions.Length; i++)
        {
            Region(regions[i], i == 0);
        }

        Put("]}"u8);
    }

    private void Region(in SpooledRegion region, bool first)
    {
        MakeRoom();
        Put(first ? "{\"start\":"u8 : ",{\"start\":"u8);
        Put(region.Start);
        Put(",\"end\":"u8);
        Put(region.End);
        Put(",\"nr_accesses\":{\"samples\":"u8);
        Put(region.NrAccesses);
        Put(",\"percent\":null},\"age\":{\"usec\":null,\"aggr_intervals\":"u8);
        Put(region.Age);
        Put("}}"u8);
    }

    /// <summary>
    /// A name as the inside of a json string, in pieces that fit the buffer. Bytes that are no UTF-8 cannot stand in json.
    /// </summary>
    private static IEnumerable<byte[]> Pieces(string name)
    {
        byte[] valid = Encoding.UTF8.GetBytes(name.Length > 256 ? name[..256] : name);
        return JsonEncodedText.Encode(valid).EncodedUtf8Bytes.ToArray().Chunk(MaxPieceBytes / 2);
    }

    private void Put(ReadOnlySpan<byte> text)
    {
        MakeRoom();
        text.CopyTo(_buffer.AsSpan(_used));
        _used += text.Length;
    }

    private void Put(ulong value)
    {
        MakeRoom();
        _ = Utf8Formatter.TryFormat(value, _buffer.AsSpan(_used), out int written);
        _used += written;
    }

    private void Put(long value)
    {
        MakeRoom();
        _ = Utf8Formatter.TryFormat(value, _buffer.AsSpan(_used), out int written);
        _used += written;
    }

    private void Put(uint value) => Put((ulong)value);

    private void Put(int value) => Put((long)value);

    private void MakeRoom()
    {
        if (_buffer.Length - _used < MaxPieceBytes)
        {
            WriteOut();
        }
    }

    private void WriteOut()
    {
        // Forget first: after an error the same bytes must not be written a second time by the clean-up.
        int used = _used;
        _used = 0;
        output.Write(_buffer, 0, used);
    }
}
