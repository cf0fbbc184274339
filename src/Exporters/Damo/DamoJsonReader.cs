using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Reads damo's json and json_compressed, told apart by their first bytes: our own files, and damo's with its numbers as strings with
/// thousands commas and units. The records come one after the other in the file, a recording comes in time order: all snapshots go
/// through a <see cref="SnapshotSpool"/> and are merged by their end. The stream stays open; it belongs to the caller.
/// </summary>
/// <remarks>
/// Text that is wrong after the first snapshot counts as the end of the recording, like a truncated file. Nothing is delivered before the
/// whole file was read. Regions carry the end of their snapshot as time and no cpu (-1): damo does not keep them. A region without age,
/// from a kernel before 5.17, gets 0.
/// </remarks>
/// <param name="stream">The file from its first byte on; need not be seekable.</param>
/// <param name="spoolDirectory">Folder of the temporary file that files of more than about 600,000 regions need; null is the
/// system's.</param>
internal sealed class DamoJsonReader(Stream stream, string? spoolDirectory = null) : IRecordingReader
{
    private const int HeadBytes = 16;

    /// <summary>
    /// Whether a file that begins so is damo's json or json_compressed (any zlib stream: damo writes nothing else into one).
    /// </summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        if (IsZlib(head))
        {
            return true;
        }

        ReadOnlySpan<byte> text = head.TrimStart(" \t\r\n"u8);
        return text.StartsWith("["u8) && text[1..].TrimStart(" \t\r\n"u8) is [] or [(byte)'{', ..] or [(byte)']', ..];
    }

    /// <inheritdoc/>
    public void Read(IRecordingSink sink, CancellationToken cancellation)
    {
        byte[] head = new byte[HeadBytes];
        int length = stream.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        if (!Recognizes(head.AsSpan(0, length)))
        {
            throw new RecordingFormatException(
                "Byte 0: expected damo's json (\"[{\") or a zlib stream of it, found "
                + (length == 0 ? "an empty file." : Convert.ToHexString(head.AsSpan(0, length)) + "."));
        }

        using SnapshotSpool spool = new(spoolDirectory);
        DamoJsonParser parser = new(spool, cancellation);
        string? truncation = Parse(parser, new CountedInput(head.AsMemory(0, length), stream), IsZlib(head));
        parser.Probes.RequireAccesses();
        new DamoJsonMerge(parser.Records, sink).Run(truncation, [.. parser.Probes.Notes()], cancellation);
    }

    private static bool IsZlib(ReadOnlySpan<byte> head) =>
        head is [var method, var flags, ..] && (method & 0x0f) == 8 && method >> 4 <= 7 && ((method << 8) | flags) % 31 == 0;

    private static string? Parse(DamoJsonParser parser, CountedInput input, bool compressed)
    {
        using ZlibInput? zlib = compressed ? new ZlibInput(input) : null;
        try
        {
            JsonCursor json = new(zlib ?? (Stream)input, compressed ? " of the decompressed text" : "");
            parser.Parse(ref json);
            return null;
        }
        catch (TruncatedInputException e)
        {
            return e.Message;
        }
        catch (RecordingFormatException e) when (parser.Records.Any(record => record.Series.Snapshots > 0))
        {
            // It was a recording up to here: what came is right, the rest cannot be found again.
            return e.Message;
        }
        catch (InvalidDataException e)
        {
            bool begun = parser.Records.Any(record => record.Series.Snapshots > 0);
            return input.Ended ? $"The zlib stream ends early, at byte {input.Taken}. {e.Message}"
                : begun ? $"The zlib stream is broken before byte {input.Taken}. {e.Message}"
                : throw new RecordingFormatException(
                    $"Before byte {input.Taken}: expected a zlib stream, found something else. {e.Message}", e);
        }
    }
}
