using System.Text.Json;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>Reads one region of damo's json.</summary>
internal static class JsonRegions
{
    private const double PercentMax = 100;

    /// <summary>Bound by the tokenizer; no allocation.</summary>
    internal static void Parse(ref JsonCursor json, DamoJsonSeries record, ProbeHits probes, out SpooledRegion region)
    {
        region = default;
        ulong? start = null;
        ulong? end = null;
        uint? accesses = null;
        uint age = 0;
        bool hasHits = false;
        bool anyHit = false;
        for (json.Require(); json.Type != JsonTokenType.EndObject; json.Require())
        {
            if (json.Is("start"u8))
            {
                start = JsonNumbers.Required(ref json, DamoUnit.Bytes, ulong.MaxValue, "an address");
            }
            else if (json.Is("end"u8))
            {
                end = JsonNumbers.Required(ref json, DamoUnit.Bytes, ulong.MaxValue, "an address");
            }
            else if (json.Is("nr_accesses"u8))
            {
                accesses = ParseAccesses(ref json, record);
            }
            else if (json.Is("age"u8))
            {
                age = ParseAge(ref json, record);
            }
            else if (json.Is("probe_hits"u8))
            {
                hasHits = ParseProbeHits(ref json, out anyHit);
            }
            else
            {
                json.Require();
                json.Skip();
            }
        }

        if (start is null || end is null || accesses is null || start > end)
        {
            throw json.Expected("a region with start <= end and nr_accesses before");
        }

        region.Start = start.Value;
        region.End = end.Value;
        region.NrAccesses = accesses.Value;
        region.Age = age;
        probes.Add(accesses.Value, hasHits, anyHit);
    }

    /// <summary>A list with one number for each probe, or null; false when there is none.</summary>
    private static bool ParseProbeHits(ref JsonCursor json, out bool anyHit)
    {
        anyHit = false;
        json.Require();
        if (json.Type != JsonTokenType.StartArray)
        {
            json.Skip();
            return false;
        }

        bool any = false;
        for (json.Require(); json.Type != JsonTokenType.EndArray; json.Require())
        {
            any = true;
            anyHit |= json.Value.ContainsAnyInRange((byte)'1', (byte)'9');
            json.Skip();
        }

        return any;
    }

    /// <summary>Samples; where only a percentage is given, of the largest number possible, which needs the intervals.</summary>
    private static uint ParseAccesses(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require(JsonTokenType.StartObject, "an object with samples");
        ulong? samples = null;
        ulong? percent = null;
        for (json.Require(); json.Type != JsonTokenType.EndObject; json.Require())
        {
            if (json.Is("samples"u8))
            {
                samples = JsonNumbers.Optional(ref json, DamoUnit.None, uint.MaxValue, "a number of samples");
            }
            else if (json.Is("percent"u8))
            {
                percent = JsonNumbers.OptionalOrMinusOne(ref json, DamoUnit.Percent, uint.MaxValue, "a percentage");
            }
            else
            {
                json.Require();
                json.Skip();
            }
        }

        if (samples is null && percent is { } share && record is { SampleUs: > 0 and { } sampleUs, AggrUs: { } aggrUs })
        {
            samples = (ulong)(share / PercentMax * aggrUs / sampleUs);
        }

        return samples <= uint.MaxValue ? (uint)samples.Value : throw json.Expected("samples, or a percentage and the intervals, before");
    }

    /// <summary>Aggregation intervals, from the duration where only that is given; 0 where the kernel told no age.</summary>
    private static uint ParseAge(ref JsonCursor json, DamoJsonSeries record)
    {
        json.Require();
        if (json.Type == JsonTokenType.Null)
        {
            return 0;
        }

        if (json.Type != JsonTokenType.StartObject)
        {
            throw json.Expected("an age (an object with usec and aggr_intervals)");
        }

        ulong? intervals = null;
        ulong? durationUs = null;
        for (json.Require(); json.Type != JsonTokenType.EndObject; json.Require())
        {
            if (json.Is("aggr_intervals"u8))
            {
                intervals = JsonNumbers.OptionalOrMinusOne(ref json, DamoUnit.None, uint.MaxValue, "an age");
            }
            else if (json.Is("usec"u8))
            {
                durationUs = JsonNumbers.OptionalOrMinusOne(ref json, DamoUnit.Microseconds, ulong.MaxValue, "a duration");
            }
            else
            {
                json.Require();
                json.Skip();
            }
        }

        if (intervals is null && durationUs is { } us && record.AggrUs is > 0 and { } aggrUs)
        {
            intervals = us / aggrUs;
        }

        return (uint)Math.Min(intervals ?? 0, uint.MaxValue);
    }
}
