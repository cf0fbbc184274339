using System.Text.Json.Serialization;
using Damon.Trace.Exporters.Reports.Accesses;
using Damon.Trace.Exporters.Reports.Compare;
using Damon.Trace.Exporters.Reports.Footprints;
using Damon.Trace.Exporters.Reports.Limit;
using Damon.Trace.Exporters.Reports.NrRegions;
using Damon.Trace.Exporters.Reports.Recency;
using Damon.Trace.Exporters.Reports.Regions;
using Damon.Trace.Exporters.Reports.Schemes;
using Damon.Trace.Exporters.Reports.Summary;
using Damon.Trace.Exporters.Reports.Times;
using Damon.Trace.Exporters.Reports.Wss;
using Damon.Trace.Exporters.WorkingSets.Compare;

namespace Damon.Trace.Exporters.Reports;

/// <summary>The results as JSON: their properties in snake_case, numbers plain, null for what is unknown.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(AccessesResult))]
[JsonSerializable(typeof(CompareResult))]
[JsonSerializable(typeof(FootprintsResult))]
[JsonSerializable(typeof(HeatmapResult))]
[JsonSerializable(typeof(LimitResult))]
[JsonSerializable(typeof(NrRegionsResult))]
[JsonSerializable(typeof(OverlapResult))]
[JsonSerializable(typeof(RecencyResult))]
[JsonSerializable(typeof(RegionsResult))]
[JsonSerializable(typeof(SchemesResult))]
[JsonSerializable(typeof(SummaryResult))]
[JsonSerializable(typeof(TimesResult))]
[JsonSerializable(typeof(WssResult))]
internal sealed partial class ReportJson : JsonSerializerContext;
