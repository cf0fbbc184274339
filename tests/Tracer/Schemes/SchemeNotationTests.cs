using System.Text.Json;
using System.Text.Json.Serialization;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Tracer.Tests.Schemes;

/// <summary>One meaning in three notations.</summary>
public sealed class SchemeNotationTests
{
    private static readonly JsonSerializerOptions s_everything = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>As damo prints its configuration: blanks, commas and units for people.</summary>
    private const string OfDamo = """
        {"kdamonds": [{"state": "on", "pid": 12, "contexts": [{"ops": "vaddr", "targets": [], "schemes": [{
            "action": "pageout",
            "dests": [],
            "access_pattern": {
                "sz_bytes": {"min": "4.000 KiB", "max": "max"},
                "nr_accesses": {"min": "0 %", "max": "5 %"},
                "age": {"min": "1 m 30 s", "max": "max"}
            },
            "apply_interval_us": "250 ms",
            "quotas": {
                "time_ms": "10 ms", "sz_bytes": "64.000 MiB", "reset_interval_ms": "1 s", "effective_sz_bytes": "0 B",
                "weights": {"sz_permil": "0 %", "nr_accesses_permil": "30 %", "age_permil": 700},
                "goals": [{"metric": "some_mem_psi_us", "target_value": "10,000", "current_value": "0", "nid": null}]
            },
            "watermarks": {"metric": "free_mem_rate", "interval_us": "5 s", "high_permil": "50 %", "mid_permil": 400, "low_permil": "20 %"},
            "filters": [
                {"filter_type": "anon", "matching": true, "allow": false, "memcg_path": "", "address_range": null},
                {"filter_type": "addr", "matching": false, "filter_pass": true, "address_range": {"start": "4,096", "end": "8192"}},
                {"filter_type": "target", "matching": "Y", "damon_target_idx": "1"},
                {"filter_type": "hugepage_size", "matching": true, "allow": true, "hugepage_size": ["2.000 MiB", "2 MiB"]},
                {"filter_type": "memcg", "matching": true, "memcg_path": "/a b"}
            ],
            "stats": {"nr_tried": "3", "max_nr_snapshots": "7"}
        }]}]}]}
        """;

    [Fact]
    public void Damos_IsReadInItsUnits()
    {
        Scheme scheme = Assert.Single(SchemeFile.Parse(OfDamo, "x"));

        var expected = new Scheme
        {
            Action = SchemeAction.PageOut,
            Pattern = new() { MinSize = 4096, MaxAccesses = AccessBound.Percent(5), MinAge = AgeBound.Time(TimeSpan.FromSeconds(90)) },
            ApplyIntervalUs = 250_000,
            MaxNrSnapshots = 7,
            Quota = new()
            {
                TimeMs = 10,
                SizeBytes = 64 << 20,
                Weights = new(0, 300, 700),
                Goals = [new(QuotaGoalMetric.SomeMemPsiUs, 10_000)],
            },
            Watermarks = new() { Metric = WatermarkMetric.FreeMemRate, IntervalUs = 5_000_000, High = 500, Mid = 400, Low = 200 },
            Filters =
            [
                new() { Kind = FilterKind.Anonymous },
                new() { Kind = FilterKind.Address, Matching = false, Allow = true, Range = new(4096, 8192) },
                new() { Kind = FilterKind.Target, TargetIndex = 1 },
                new() { Kind = FilterKind.HugePageSize, Allow = true, MinSize = 2 << 20, MaxSize = 2 << 20 },
                new() { Kind = FilterKind.Memcg, Name = "/a b" },
            ],
        };
        Assert.Equal(Everything(expected), Everything(scheme));
    }

    [Theory]
    [InlineData("[{\"action\": \"stat\", \"access_pattern\": {\"nr_accesses_unit\": \"percent\", \"nr_accesses\": {\"min\": 5, \"max\": \"max\"}}}]", "0 max 5% max 0 max stat")]
    [InlineData("[\n\t{\n\t\t\"action\": \"cold\",\n\t\t\"access_pattern\": {\"age_unit\": \"usec\", \"age\": {\"min\": \"5000000\", \"max\": \"max\"}}\n\t}\n]", "0 max 0 max 5s max cold")]
    [InlineData("- action: stat\n  access_pattern:\n    nr_accesses: {min: 3 samples, max: 10 Hz}\n    age: {min: 5 aggr_intervals, max: 2 m}\n", "0 max 3samples 10Hz 5aggrs 2m stat")]
    [InlineData("schemes:\n- {action: demote, name: x}\n", "0 max 0 max 0 max demote name=x")]
    [InlineData("{\"action\": \"cold\"}", "0 max 0 max 0 max cold")]
    [InlineData("action: cold\nfilters:\n- {filter_type: young, matching: on, allow: off}\n", "0 max 0 max 0 max cold filter=reject:young")]
    [InlineData("---\n- action: pageout\n  quotas: {sz_bytes: 64M, reset_interval_ms: 1s}\n  filters:\n  - {filter_type: mapping, mapping: '*.so'}\n",
        "0 max 0 max 0 max pageout quota=64M/1s filter=reject:mapping:*.so")]
    public void Document_MeansWhatTheLineSays(string document, string line) =>
        Assert.Equal(Everything(SchemeLine.Parse(line)), Everything(Assert.Single(SchemeFile.Parse(document, "x"))));

    /// <summary>1,000 seeded schemes written and read back, in each notation that can say them.</summary>
    [Theory]
    [InlineData(SchemeNotation.Line)]
    [InlineData(SchemeNotation.Json)]
    [InlineData(SchemeNotation.Yaml)]
    public void RoundTrip_KeepsTheMeaning(SchemeNotation notation)
    {
        int written = 0;
        for (int seed = 0; seed < 1_000; seed++)
        {
            Scheme scheme = RandomScheme(new Random(seed));
            string text;
            try
            {
                text = SchemeFile.Write([scheme, scheme], notation);
            }
            catch (SchemeException refused) when (notation != SchemeNotation.Yaml)
            {
                Assert.Matches("^scheme 0 .*: (action|name|access_pattern|quotas|watermarks|filters|max_nr_snapshots)", refused.Message);
                continue;
            }

            written++;
            string expected = Everything(notation == SchemeNotation.Json ? AsDamoSays(scheme) : scheme);
            Assert.Equal([expected, expected], SchemeFile.Parse(text, $"seed {seed}").Select(Everything));
        }

        Assert.InRange(written, notation == SchemeNotation.Yaml ? 1_000 : 60, 1_000);
    }

    [Theory]
    [InlineData(SchemeNotation.Json, "4K max 10Hz max 0 max stat", "access_pattern.nr_accesses: damo's JSON has no word for Hz")]
    [InlineData(SchemeNotation.Json, "4K max 5% 7samples 0 max stat", "access_pattern.nr_accesses: damo's JSON has no word for two units")]
    [InlineData(SchemeNotation.Json, "4K max 0 max 0 max demote", "action: damo's JSON has no word for action 'demote'")]
    [InlineData(SchemeNotation.Json, "4K max 0 max 0 max stat filter=reject:anon filter=reject:mapping:x", "filters[1]: damo's JSON has no word for a filter 'mapping'")]
    [InlineData(SchemeNotation.Json, "4K max 0 max 0 max stat goal=node_mem_free_bp:20%", "quotas.goals[0]: damo's JSON has no word for node_mem_free_bp of all nodes")]
    [InlineData(SchemeNotation.Json, "4K max 0 max 0 max stat wmarks=mem_pressure:50%,40%,20%", "watermarks.metric: damo's JSON has no word for mem_pressure")]
    public void WhatANotationCannotSay_IsRefused(SchemeNotation notation, string line, string why)
    {
        SchemeException refused = Assert.Throws<SchemeException>(() => SchemeFile.Write([SchemeLine.Parse(line)], notation));

        Assert.StartsWith("scheme 0 (", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Contains("YAML", refused.Hint!, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_HasNoPlaceForBlanks()
    {
        var scheme = new Scheme { Action = SchemeAction.Stat, Filters = [new() { Kind = FilterKind.Mapping, Name = "a b" }] };
        Assert.Contains("filters[0]: a line has no place for 'a b'", Assert.Throws<SchemeException>(() => SchemeFile.Write([scheme], SchemeNotation.Line)).Message,
            StringComparison.Ordinal);
    }

    /// <summary>Line and column, what was expected, what was found.</summary>
    [Theory]
    [InlineData("[{\"action\": \"evict\"}]", "line 1: column 13: expected an action", "found 'evict'")]
    [InlineData("[\n  {\"actoin\": \"stat\"}]", "line 2: column 14: expected one of action", "found the key 'actoin'")]
    [InlineData("[{\"action\": \"stat\", \"access_pattern\": {\"age\": {\"min\": 5}}}]", "line 1: column 55: expected an age", "found '5'")]
    [InlineData("[{\"action\": \"stat\", \"access_pattern\": {\"sz_bytes\": {\"min\": \"2M\", \"max\": \"4K\"}}}]", "line 1: column 73: expected at least '2M'", "found '4K'")]
    [InlineData("[{\"action\": \"stat\", \"action\": \"cold\"}]", "line 1: column 21: 'action' stands twice", "")]
    [InlineData("[{\"action\": \"stat\",}]", "line 1: column 20: not JSON: The JSON object contains a trailing comma at the end", "")]
    [InlineData("[{\"action\": \"stat\"}", "line 1: column 20: not JSON: There is an open JSON object or array that should be closed", "")]
    [InlineData("[{\"action\": \"stat\", \"quotas\": {\"sz_bytes\": 64}}]", "line 1: column 2: a quota of 64 bytes is less than a page", "")]
    [InlineData("{\"schemas\": []}", "line 1: column 1: expected a scheme with its 'action', a list of them, or 'kdamonds'", "found an object of schemas")]
    [InlineData("[{\"action\": \"lru_prio\"}]", "line 1: column 13: expected an action on the memory of processes", "")]
    [InlineData("- action: stat\n  filters:\n  - {filter_type: colour}\n", "line 3: column 19: expected a kind of memory", "found 'colour'")]
    [InlineData("- action: stat\n  watermarks: {metric: free_mem_rate, high_permil: 20%, mid_permil: 40%, low_permil: 10%}\n", "line 2: column 15: expected the highest watermark first", "")]
    [InlineData("- &a {action: stat}\n- *a\n", "line 2: column 3: an alias", "")]
    [InlineData("- action: [\n", "not YAML", "")]
    [InlineData("- action: stat\n---\n- action: stat\n", "line 2: column 1: a second document", "")]
    [InlineData("- {action: stat, quotas: {goal_tuner: temporal}}\n", "line 1: column 3: a tuner has no meaning without a goal", "")]
    [InlineData("{\"contexts\": [{\"schemes\": [{}]}, {\"schemes\": [{}]}]}", "expected schemes of one context", "")]
    public void Mistake_SaysWhereExpectedAndFound(string document, string expected, string found)
    {
        SchemeException problem = Assert.Throws<SchemeException>(() => SchemeFile.Parse(document, "f"));

        Assert.StartsWith("f, line ", problem.Message, StringComparison.Ordinal);
        Assert.Contains(expected, problem.Message, StringComparison.Ordinal);
        Assert.Contains(found, problem.Message, StringComparison.Ordinal);
        Assert.NotNull(problem.Hint);
    }

    /// <summary>Every public property, the values of lists included.</summary>
    private static string Everything(Scheme scheme) => JsonSerializer.Serialize(scheme, s_everything);

    /// <summary>damo has no filter by file; what is not anonymous is the same memory.</summary>
    private static Scheme AsDamoSays(Scheme scheme) => scheme with
    {
        Filters = [.. scheme.Filters.Select(filter => filter.Kind == FilterKind.File ? filter with { Kind = FilterKind.Anonymous, Matching = !filter.Matching } : filter)],
    };

    private static Scheme RandomScheme(Random random)
    {
        bool isOfNode = random.Next(2) == 0;
        var action = (SchemeAction)random.Next(10);
        ulong minSize = (ulong)random.Next(1 << 20) << random.Next(20);
        int age = random.Next(1, 1_000);
        return new Scheme
        {
            Action = action,
            Name = random.Next(4) == 0 ? "true" : "",
            TargetNode = action is SchemeAction.MigrateCold or SchemeAction.MigrateHot ? random.Next(3) : 0,
            Pattern = new()
            {
                MinSize = minSize,
                MaxSize = random.Next(2) == 0 ? ulong.MaxValue : minSize + (ulong)random.Next(1 << 30),
                MinAccesses = random.Next(4) switch
                {
                    0 => AccessBound.Hz(random.Next(100) / 8.0),
                    1 => AccessBound.Samples(random.Next(20)),
                    2 => AccessBound.Percent(random.Next(1_000) / 10.0),
                    _ => AccessBound.Min,
                },
                MinAge = random.Next(2) == 0 ? AgeBound.Time(TimeSpan.FromMicroseconds(random.Next())) : AgeBound.Aggregations(age),
                MaxAge = random.Next(2) == 0 ? AgeBound.Max : AgeBound.Aggregations(age + random.Next(100)),
            },
            ApplyIntervalUs = (ulong)(random.Next(2) * random.Next(1, 10_000_000)),
            MaxNrSnapshots = random.Next(4) == 0 ? (ulong)random.Next(1, 9) : 0,
            Quota = RandomQuota(random, isOfNode),
            Watermarks = random.Next(2) == 0 ? new() : new()
            {
                Metric = random.Next(4) == 0 ? WatermarkMetric.MemPressure : WatermarkMetric.FreeMemRate,
                High = (uint)random.Next(600, 1_001),
                Mid = (uint)random.Next(300, 600),
                Low = (uint)random.Next(300),
                IntervalUs = (ulong)random.Next(),
            },
            Filters = [.. Enumerable.Range(0, random.Next(4)).Select(_ => RandomFilter(random))],
        };
    }

    private static SchemeQuota RandomQuota(Random random, bool isOfNode)
    {
        List<QuotaGoal> goals = [.. Enumerable.Range(0, random.Next(3)).Select(_ => RandomGoal(random, isOfNode))];
        var quota = new SchemeQuota
        {
            TimeMs = (ulong)(random.Next(2) * random.Next(1, 10_000)),
            SizeBytes = (ulong)(random.Next(2) * random.Next()) << random.Next(20),
            Weights = random.Next(2) == 0 ? default : new((uint)random.Next(1_000), (uint)random.Next(1_000), (uint)random.Next(1_000)),
            Goals = goals,
            Tuner = goals.Count > 0 ? (QuotaTuner)random.Next(2) : QuotaTuner.Consist,
            StartBytes = goals.Count > 0 && random.Next(4) == 0 ? 1UL << random.Next(40) : 0,
        };
        return quota.IsSet ? quota with { ResetIntervalMs = (ulong)random.Next(1, 1 << 30) } : quota with { Weights = default };
    }

    private static QuotaGoal RandomGoal(Random random, bool isOfNode)
    {
        var metric = (QuotaGoalMetric)random.Next(Enum.GetValues<QuotaGoalMetric>().Length);
        bool isGroup = metric is QuotaGoalMetric.CgroupUsedBp or QuotaGoalMetric.CgroupFreeBp;
        return new QuotaGoal(metric, (ulong)random.Next(1, 10_001))
        {
            Node = isOfNode && (isGroup || metric is QuotaGoalMetric.MemUsedBp or QuotaGoalMetric.MemFreeBp) ? random.Next(4) : null,
            CurrentValue = metric == QuotaGoalMetric.UserInput ? (ulong)random.Next() : 0,
            CgroupPath = isGroup ? $"/group-{random.Next(9)}" : "",
        };
    }

    private static SchemeFilter RandomFilter(Random random)
    {
        var kind = (FilterKind)random.Next(Enum.GetValues<FilterKind>().Length);
        string[] names = ["*.so", "/a-b/c:d", "[heap]", "a b", "# x", "null", "- y", "'quoted\"", "é", "1e3", "0x10", "yes"];
        ulong start = (ulong)random.NextInt64(1L << 46);
        var filter = new SchemeFilter { Kind = kind, Allow = random.Next(2) == 0, Matching = random.Next(2) == 0 };
        return kind switch
        {
            FilterKind.Address => filter with { Range = new AddressRange(start, start + (ulong)random.Next(1, 1 << 30)) },
            FilterKind.Target => filter with { TargetIndex = (ulong)random.Next(100) },
            FilterKind.Mapping or FilterKind.Memcg => filter with { Name = names[random.Next(names.Length)] },
            FilterKind.HugePageSize => filter with { MinSize = 1UL << random.Next(30), MaxSize = random.Next(2) == 0 ? ulong.MaxValue : 2UL << 30 },
            _ => filter,
        };
    }
}
