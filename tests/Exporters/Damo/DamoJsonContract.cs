using System.Text.Json;

namespace Damon.Trace.Exporters.Tests.Damo;

/// <summary>What damo 3.3.0 takes without complaint, in our own words: which fields must be there and of which type.</summary>
internal static class DamoJsonContract
{
    internal static void Check(JsonElement root)
    {
        Assert.Equal(JsonValueKind.Array, root.ValueKind);
        foreach (JsonElement record in root.EnumerateArray())
        {
            Integer(record, "kdamond_idx");
            Integer(record, "context_idx");
            Integer(record, "target_id");
            Assert.Equal(JsonValueKind.Null, record.GetProperty("scheme_idx").ValueKind);
            Assert.Equal(0, record.GetProperty("scheme_filters").GetArrayLength());
            JsonElement intervals = record.GetProperty("intervals");
            if (intervals.ValueKind != JsonValueKind.Null)
            {
                // A null in here would stop it.
                Integer(intervals, "sample_us");
                Integer(intervals, "aggr_us");
                Integer(intervals, "ops_update_us");
            }

            foreach (JsonElement snapshot in record.GetProperty("snapshots").EnumerateArray())
            {
                Snapshot(snapshot);
            }
        }
    }

    private static void Snapshot(JsonElement snapshot)
    {
        Integer(snapshot, "start_time");
        Integer(snapshot, "end_time");
        Assert.True(snapshot.GetProperty("start_time").GetInt64() <= snapshot.GetProperty("end_time").GetInt64());
        Assert.NotEqual(0, snapshot.GetProperty("regions").GetArrayLength());
        foreach (JsonElement region in snapshot.GetProperty("regions").EnumerateArray())
        {
            Integer(region, "start");
            Integer(region, "end");
            Integer(region.GetProperty("nr_accesses"), "samples");
            Assert.Equal(JsonValueKind.Null, region.GetProperty("nr_accesses").GetProperty("percent").ValueKind);
            Integer(region.GetProperty("age"), "aggr_intervals");
            Assert.Equal(JsonValueKind.Null, region.GetProperty("age").GetProperty("usec").ValueKind);

            // It may be absent or a number, but never null.
            Assert.False(region.TryGetProperty("sz_filter_passed", out _));
        }
    }

    private static void Integer(JsonElement parent, string name)
    {
        JsonElement value = parent.GetProperty(name);
        Assert.Equal(JsonValueKind.Number, value.ValueKind);
        Assert.True(value.TryGetUInt64(out _) || value.TryGetInt64(out _), $"{name} is {value.GetRawText()}");
    }
}
