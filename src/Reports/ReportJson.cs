using System.Text.Json.Serialization;
using Damon.Trace.Reports.Accesses;
using Damon.Trace.Reports.Compare;
using Damon.Trace.Reports.Footprints;
using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.HugePages;
using Damon.Trace.Reports.Limit;
using Damon.Trace.Reports.NrRegions;
using Damon.Trace.Reports.Recency;
using Damon.Trace.Reports.Regions;
using Damon.Trace.Reports.Schemes;
using Damon.Trace.Reports.Summary;
using Damon.Trace.Reports.Times;
using Damon.Trace.Reports.Wss;
using Damon.Trace.Reports.WorkingSets;

namespace Damon.Trace.Reports;

/// <summary>The results as JSON: their properties in snake_case, numbers plain, null for what is unknown.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AccessesResult))]
[JsonSerializable(typeof(CompareResult))]
[JsonSerializable(typeof(FootprintsResult))]
[JsonSerializable(typeof(HeatmapResult))]
[JsonSerializable(typeof(HugePagesResult))]
[JsonSerializable(typeof(LimitResult))]
[JsonSerializable(typeof(NrRegionsResult))]
[JsonSerializable(typeof(OverlapResult))]
[JsonSerializable(typeof(RecencyResult))]
[JsonSerializable(typeof(RecordedAccesses))]
[JsonSerializable(typeof(RegionsResult))]
[JsonSerializable(typeof(SchemesResult))]
[JsonSerializable(typeof(SummaryResult))]
[JsonSerializable(typeof(TimesResult))]
[JsonSerializable(typeof(WssResult))]
internal sealed partial class ReportJson : JsonSerializerContext;
