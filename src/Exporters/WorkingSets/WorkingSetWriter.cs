using System.Text.Json;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>
/// Writes a working-set file: one JSON document, each file and mapping on a line of its own, so that an error has a place.
/// </summary>
public static class WorkingSetWriter
{
    /// <summary>Memory: one mapping at a time. Errors are those of the stream.</summary>
    public static void Write(WorkingSetDocument document, Stream output)
    {
        ArgumentNullException.ThrowIfNull(document);
        ArgumentNullException.ThrowIfNull(output);

        // Not disposed: the output is the caller's, and is written to no more after an error.
        var buffered = new BufferedStream(output, 1 << 16);
        WorkingSetJson json = WorkingSetJson.Default;
        Begin(buffered, document);
        buffered.Write("\"target\":"u8);
        JsonSerializer.Serialize(buffered, document.Target, json.WorkingSetTarget);
        buffered.Write(",\n\"files\":["u8);
        for (int i = 0; i < document.Files.Count; i++)
        {
            buffered.Write(i == 0 ? "\n"u8 : ",\n"u8);
            JsonSerializer.Serialize(buffered, document.Files[i], json.WorkingSetFile);
        }

        buffered.Write("],\n\"mappings\":["u8);
        for (int i = 0; i < document.Mappings.Count; i++)
        {
            buffered.Write(i == 0 ? "\n"u8 : ",\n"u8);
            JsonSerializer.Serialize(buffered, document.Mappings[i], json.WorkingSetMapping);
        }

        buffered.Write("]}\n"u8);
        buffered.Flush();
    }

    private static void Begin(Stream output, WorkingSetDocument document) => output.Write(System.Text.Encoding.UTF8.GetBytes(
        FormattableString.Invariant(
            $"{{\"format\":\"{document.Format}\",\"version\":{document.Version},\"taken_wall_ns\":{document.TakenWallNs},")
        + FormattableString.Invariant(
            $"\"window_ns\":{document.WindowNs},\"read_ns\":{document.ReadNs},\"page_bytes\":{document.PageBytes},\n")));
}
