using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Damon.Trace.Cli.Doctor;
using Damon.Trace.Cli.Snapshots;

namespace Damon.Trace.Cli;

/// <summary>What commands print as JSON for programs: properties in snake_case, numbers plain, null for what is unknown.</summary>
[JsonSerializable(typeof(MachineReport))]
[JsonSerializable(typeof(ServiceResult))]
[JsonSerializable(typeof(SnapshotResult))]
internal sealed partial class ProgramJson : JsonSerializerContext
{
    /// <summary>Names of mappings stay readable: nothing of this is ever put into a page.</summary>
    internal static ProgramJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
