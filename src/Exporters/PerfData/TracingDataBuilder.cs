using System.Text;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>Builds the TRACING_DATA payload (tools/perf/util/trace-event-info.c): the formats of the events, as text.</summary>
internal static class TracingDataBuilder
{
    /// <summary>The first bytes of the payload.</summary>
    internal static ReadOnlySpan<byte> Magic => "\x17\x08\x44tracing"u8;

    // The layout of ring buffer pages. perf insists on finding the four fields although our records come from no such page.
    private const string HeaderPage =
        "\tfield: u64 timestamp;\toffset:0;\tsize:8;\tsigned:0;\n" +
        "\tfield: local_t commit;\toffset:8;\tsize:8;\tsigned:1;\n" +
        "\tfield: int overwrite;\toffset:8;\tsize:1;\tsigned:1;\n" +
        "\tfield: char data;\toffset:16;\tsize:4080;\tsigned:0;\n";

    internal static byte[] Build(bool allEvents)
    {
        using MemoryStream payload = new();
        using BinaryWriter writer = new(payload, Encoding.ASCII);
        writer.Write(Magic);
        WriteName(writer, "0.6");
        writer.Write((byte)0); // little endian
        writer.Write((byte)sizeof(ulong)); // size of a long
        writer.Write(4096); // page size
        WriteName(writer, "header_page");
        WriteText(writer, HeaderPage);
        WriteName(writer, "header_event");
        WriteText(writer, "");
        writer.Write(0); // formats of ftrace's own events
        writer.Write(1); // systems
        WriteName(writer, DamonProvider.TracepointSystem);
        int nrEvents = allEvents ? TracepointFormats.All.Count : 1;
        writer.Write(nrEvents);
        foreach ((_, string format) in TracepointFormats.All.Take(nrEvents))
        {
            WriteText(writer, format);
        }

        writer.Write(0); // kallsyms
        writer.Write(0); // printk formats
        writer.Write(0UL); // saved cmdlines
        while (payload.Length % sizeof(ulong) != 0)
        {
            writer.Write((byte)0);
        }

        writer.Flush();
        return payload.ToArray();
    }

    private static void WriteName(BinaryWriter writer, string name)
    {
        writer.Write(Encoding.ASCII.GetBytes(name));
        writer.Write((byte)0);
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write((ulong)text.Length);
        writer.Write(Encoding.ASCII.GetBytes(text));
    }
}
