using System.Text.Json.Serialization;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>
/// Strict both ways: a member too many, too few, twice, or null where there must be something is an error with its place.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(WorkingSetDocument))]
internal sealed partial class WorkingSetJson : JsonSerializerContext;

/// <summary>The two members that say whether the others can be understood.</summary>
/// <param name="Format">See <see cref="WorkingSetDocument.Format"/>.</param>
/// <param name="Version">See <see cref="WorkingSetDocument.Version"/>.</param>
internal sealed record WorkingSetHead(string? Format, int? Version);

/// <summary>Reads the head of a file of any version.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(WorkingSetHead))]
internal sealed partial class WorkingSetHeadJson : JsonSerializerContext;
