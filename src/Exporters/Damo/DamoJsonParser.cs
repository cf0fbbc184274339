using System.Text.Json;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Reads damo's list of records into a spool. Every field damo 3.3.0 writes is either used or skipped, unknown fields are skipped, and
/// the fields of an object may come in any order.
/// </summary>
internal sealed class DamoJsonParser(SnapshotSpool spool, CancellationToken cancellation)
{
    /// <summary>More records are refused: each takes memory of its own.</summary>
    private const int MaxRecords = 65_536;

    private readonly List<DamoJsonSeries> _records = [];
    private SpooledRegion[] _regions = new SpooledRegion[1024];
    private SpooledSnapshot _snapshot;

    internal IReadOnlyList<DamoJsonSeries> Records => _records;

    /// <summary>What regions say beside nr_accesses.</summary>
    internal ProbeHits Probes { get; } = new();

    /// <exception cref="TruncatedInputException">The text ends early; <see cref="Records"/> has what came before.</exception>
    internal void Parse(ref JsonCursor json)
    {
        if (!json.Read() || json.Type != JsonTokenType.StartArray)
        {
            throw json.Expected("a list of records (damo's json begins with '[')");
        }

        for (json.Require(); json.Type != JsonTokenType.EndArray; json.Require())
        {
            if (json.Type != JsonTokenType.StartObject || _records.Count == MaxRecords)
            {
                throw json.Expected(_records.Count == MaxRecords ? "at most 65536 records" : "a record (an object)");
            }

            ParseRecord(ref json);
        }

        // Reads what follows: anything but blanks is an error of the text.
        _ = json.Read();
    }

    private void ParseRecord(ref JsonCursor json)
    {
        DamoJsonSeries record = new(spool.AddSeries());
        _records.Add(record);
        while (NextField(ref json))
        {
            if (json.Is("snapshots"u8))
            {
                ParseSnapshots(ref json, record);
            }
            else if (json.Is("intervals"u8))
            {
                ParseIntervals(ref json, record);
            }
            else if (json.Is("target_id"u8))
            {
                record.TargetId = JsonNumbers.Optional(ref json, DamoUnit.None, ulong.MaxValue, "a target_id") ?? 0;
            }
            else if (json.Is("kdamond_idx"u8))
            {
                record.KdamondIndex = (int)(JsonNumbers.Optional(ref json, DamoUnit.None, int.MaxValue, "a kdamond_idx") ?? 0);
            }
            else if (json.Is("context_idx"u8))
            {
                record.ContextIndex = (int)(JsonNumbers.Optional(ref json, DamoUnit.None, int.MaxValue, "a context_idx") ?? 0);
            }
            else if (json.Is("scheme_idx"u8))
            {
                record.SchemeIndex = (int?)JsonNumbers.Optional(ref json, DamoUnit.None, int.MaxValue, "a scheme_idx");
            }
            else if (json.Is("damon_trace"u8))
            {
                ParseOwn(ref json, record);
            }
            else
            {
                SkipValue(ref json);
            }
        }
    }

    /// <summary>What <see cref="DamoJsonWriter"/> adds to a record.</summary>
    private static void ParseOwn(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require(JsonTokenType.StartObject, "an object");
        while (NextField(ref json))
        {
            if (json.Is("kdamond"u8))
            {
                json.Require();
                record.Name = json.GetString();
            }
            else if (json.Is("tid"u8))
            {
                record.Tid = (int)(JsonNumbers.Optional(ref json, DamoUnit.None, int.MaxValue, "a thread id") ?? 0);
            }
            else
            {
                SkipValue(ref json);
            }
        }
    }

    private static void ParseIntervals(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require();
        if (json.Type == JsonTokenType.Null)
        {
            return;
        }

        if (json.Type != JsonTokenType.StartObject)
        {
            throw json.Expected("the intervals (an object or null)");
        }

        while (NextField(ref json))
        {
            if (json.Is("sample_us"u8))
            {
                record.SampleUs = JsonNumbers.Optional(ref json, DamoUnit.Microseconds, ulong.MaxValue, "a sampling interval");
            }
            else if (json.Is("aggr_us"u8))
            {
                record.AggrUs = JsonNumbers.Optional(ref json, DamoUnit.Microseconds, ulong.MaxValue, "an aggregation interval");
            }
            else
            {
                SkipValue(ref json);
            }
        }
    }

    private void ParseSnapshots(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require(JsonTokenType.StartArray, "the snapshots (a list)");
        for (json.Require(); json.Type != JsonTokenType.EndArray; json.Require())
        {
            if (json.Type != JsonTokenType.StartObject)
            {
                throw json.Expected("a snapshot (an object)");
            }

            cancellation.ThrowIfCancellationRequested();
            long offset = json.Offset;
            _snapshot = new SpooledSnapshot { BeginNs = SpooledSnapshot.Unknown, EndNs = SpooledSnapshot.Unknown };
            try
            {
                ParseSnapshot(ref json, record);
            }
            catch (TruncatedInputException) when (_snapshot is { EndNs: not SpooledSnapshot.Unknown, NrRegions: > 0, Count: > 0 })
            {
                // Our own files say how many regions there should be: the rest is missing, what came is right.
                Append(record);
                throw;
            }

            if (_snapshot.EndNs == SpooledSnapshot.Unknown)
            {
                throw new RecordingFormatException($"Byte {offset}: expected a snapshot with end_time, found one without.");
            }

            Append(record);
        }
    }

    private void Append(DamoJsonSeries record)
    {
        _snapshot.NrRegions = Math.Max(_snapshot.NrRegions, (uint)_snapshot.Count);
        record.Series.Append(_snapshot, _regions.AsSpan(0, _snapshot.Count));
    }

    private void ParseSnapshot(ref JsonCursor json, DamoJsonSeries record)
    {
        while (NextField(ref json))
        {
            if (json.Is("regions"u8))
            {
                ParseRegions(ref json, record);
            }
            else if (json.Is("start_time"u8))
            {
                _snapshot.BeginNs = JsonNumbers.OptionalTime(ref json) ?? SpooledSnapshot.Unknown;
            }
            else if (json.Is("end_time"u8))
            {
                _snapshot.EndNs = JsonNumbers.OptionalTime(ref json) ?? SpooledSnapshot.Unknown;
            }
            else if (json.Is("nr_regions"u8))
            {
                _snapshot.NrRegions = (uint)(JsonNumbers.Optional(ref json, DamoUnit.None, uint.MaxValue, "a number of regions") ?? 0);
            }
            else if (json.Is("pid"u8))
            {
                _snapshot.Pid = (int)(JsonNumbers.Optional(ref json, DamoUnit.None, int.MaxValue, "a process id") ?? 0);
            }
            else if (json.Is("sample_interval_us"u8))
            {
                _snapshot.SampleUs = JsonNumbers.SampleInterval(ref json) ?? 0;
            }
            else
            {
                SkipValue(ref json);
            }
        }
    }

    /// <summary>Bound by the tokenizer, about 20 tokens and 1.4 us a region; no allocation beyond the growth of one array.</summary>
    private void ParseRegions(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require(JsonTokenType.StartArray, "the regions (a list)");
        _snapshot.Count = 0;
        for (json.Require(); json.Type != JsonTokenType.EndArray; json.Require())
        {
            if (json.Type != JsonTokenType.StartObject || _snapshot.Count == SnapshotSpool.MaxRegions)
            {
                throw json.Expected("a region (an object; at most 4194304 of them)");
            }

            if (_snapshot.Count == _regions.Length)
            {
                Array.Resize(ref _regions, _regions.Length * 2);
            }

            JsonRegions.Parse(ref json, record, Probes, out _regions[_snapshot.Count]);
            _snapshot.Count++;
        }
    }

    private static bool NextField(ref JsonCursor json)
    {
        json.Require();
        return json.Type != JsonTokenType.EndObject;
    }

    private static void SkipValue(ref JsonCursor json)
    {
        json.Require();
        json.Skip();
    }
}
