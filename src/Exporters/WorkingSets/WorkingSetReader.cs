using System.Globalization;
using System.Text.Json;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.WorkingSets;

/// <summary>Reads working-set files, strictly: what does not fit is an error that says where and what, never left out.</summary>
public static class WorkingSetReader
{
    /// <summary>The most that is read: a run of pages takes some ten bytes, so this is the working set of terabytes.</summary>
    public const long MostBytes = 1L << 30;

    private const int HeadBytes = 256;

    /// <summary>Whether this is the begin of a working-set file, of any version.</summary>
    public static bool IsBegin(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> head = bytes[..Math.Min(bytes.Length, HeadBytes)];
        return head.TrimStart(" \t\r\n"u8) is [(byte)'{', ..] && head.IndexOf("\"damon-trace working set\""u8) >= 0;
    }

    /// <summary>Reads a whole file into memory.</summary>
    /// <param name="input">From its begin.</param>
    /// <param name="name">What the errors call it.</param>
    /// <exception cref="RecordingFormatException">It is no working set, of another version, or damaged.</exception>
    public static WorkingSetDocument Read(Stream input, string name)
    {
        ArgumentNullException.ThrowIfNull(input);
        byte[] bytes = ReadAll(input, name);
        if (bytes.Length == 0)
        {
            throw Refused(name, "the file is empty");
        }

        WorkingSetDocument document;
        try
        {
            CheckHead(JsonSerializer.Deserialize(bytes, WorkingSetHeadJson.Default.WorkingSetHead), name);
            document = JsonSerializer.Deserialize(bytes, WorkingSetJson.Default.WorkingSetDocument) ?? throw Refused(name, "null");
        }
        catch (JsonException error)
        {
            throw Refused(name, Place(error) + What(error));
        }

        return WorkingSetRules.FirstBroken(document) is { } problem ? throw Refused(name, problem) : document;
    }

    private const string Hint = "'damon-trace snapshot -p PID -o FILE.workingset' makes one";

    private static RecordingFormatException Refused(string name, string problem) =>
        new($"'{name}' is no working set: {problem}; hint: {Hint}");

    private static byte[] ReadAll(Stream input, string name)
    {
        using var memory = new MemoryStream();
        byte[] buffer = new byte[1 << 16];
        for (int read = input.Read(buffer); read > 0; read = input.Read(buffer))
        {
            if (memory.Length + read > MostBytes)
            {
                throw Refused(name, string.Create(CultureInfo.InvariantCulture, $"it is larger than {MostBytes} bytes"));
            }

            memory.Write(buffer, 0, read);
        }

        return memory.ToArray();
    }

    private static void CheckHead(WorkingSetHead? head, string name)
    {
        if (head?.Format != WorkingSetDocument.FormatName)
        {
            throw Refused(name, $"$.format: expected \"{WorkingSetDocument.FormatName}\", found {Quoted(head?.Format)}");
        }

        if (head.Version != WorkingSetDocument.CurrentVersion)
        {
            throw new RecordingFormatException(string.Create(
                CultureInfo.InvariantCulture,
                $"'{name}' is a working set of version {head.Version?.ToString(CultureInfo.InvariantCulture) ?? "unknown"}, this program reads version "
                + $"{WorkingSetDocument.CurrentVersion}; hint: read it with the damon-trace that wrote it, or take the snapshot again"));
        }
    }

    private static string Quoted(string? text) => text is null ? "nothing" : $"\"{text[..Math.Min(text.Length, 40)]}\"";

    private static string Place(JsonException error)
    {
        string path = error.Path is null or "$" ? "" : $" ({error.Path})";
        return error.LineNumber is { } line
            ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {error.BytePositionInLine + 1}{path}: ")
            : "";
    }

    /// <summary>.NET's messages name its own types and repeat the place.</summary>
    private static string What(JsonException error)
    {
        string message = error.Message;
        if (message.Contains("could not be mapped", StringComparison.Ordinal))
        {
            return "no such member belongs here";
        }

        if (message.Contains("could not be converted", StringComparison.Ordinal) || message.Contains("null", StringComparison.Ordinal))
        {
            return "a value of this kind does not belong here";
        }

        int missing = message.IndexOf("including: ", StringComparison.Ordinal);
        int place = message.IndexOf(" Path: ", StringComparison.Ordinal);
        place = place < 0 ? message.IndexOf(" LineNumber: ", StringComparison.Ordinal) : place;
        message = place < 0 ? message : message[..place];
        return (missing < 0 ? message : $"missing {message[(missing + "including: ".Length)..]}").TrimEnd('.');
    }
}
