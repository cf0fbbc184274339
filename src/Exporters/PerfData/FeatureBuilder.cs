using System.Buffers.Binary;
using System.Text;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Builds the payloads of the header's features (tools/perf/util/header.c). perf needs hardly any of them for its text, but 6.1 crashes
/// in <c>--to-json</c> when the strings about the machine are absent, and 7.3 takes cpus beyond NRCPUS for the first.
/// </summary>
internal static class FeatureBuilder
{
    private const int StringUnit = 64;

    /// <summary>All features but the tracing data, in the order of their bits.</summary>
    internal static List<(int Bit, byte[] Payload)> Build(EventEncoder encoder, MachineDescription machine, PerfDataOptions options)
    {
        List<(int Bit, byte[] Payload)> features =
        [
            (Feature.HostName, String(machine.HostName)),
            (Feature.OsRelease, String(machine.OsRelease)),
            (Feature.Version, String($"damon-trace {ToolVersion}")),
            (Feature.Arch, String(machine.Architecture)),
            (Feature.NrCpus, NrCpus(machine.NrCpus, encoder.LargestCpu)),
            (Feature.CpuDesc, String(machine.CpuDescription)),
            (Feature.CpuId, String(machine.CpuId)),
            (Feature.TotalMem, UInt64s(machine.TotalMemoryKb)),
            (Feature.CommandLine, CommandLine(options.CommandLine)),
            (Feature.EventDesc, EventDesc(encoder.Attributes(), options.AllEvents)),
        ];
        if (encoder.Events > 0)
        {
            features.Add((Feature.SampleTime, UInt64s(encoder.FirstTimeNs, encoder.LastTimeNs)));
        }

        if (encoder.IsMonotonic)
        {
            features.Add((Feature.ClockId, UInt64s(1))); // resolution in ns
        }

        if (encoder.Clock is { } clock)
        {
            features.Add((Feature.ClockData, ClockData(clock)));
        }

        return features;
    }

    /// <summary>The same of other events than regions, without identifiers.</summary>
    internal static List<(int Bit, byte[] Payload)> BuildOf(
        (EventAttribute Attribute, string Name)[] events, MachineDescription machine, PerfDataOptions options, (ulong FirstNs, ulong LastNs) times,
        ClockPair? clock) =>
    [
        (Feature.HostName, String(machine.HostName)),
        (Feature.OsRelease, String(machine.OsRelease)),
        (Feature.Version, String($"damon-trace {ToolVersion}")),
        (Feature.Arch, String(machine.Architecture)),
        (Feature.NrCpus, NrCpus(machine.NrCpus, 0)),
        (Feature.CpuDesc, String(machine.CpuDescription)),
        (Feature.CpuId, String(machine.CpuId)),
        (Feature.TotalMem, UInt64s(machine.TotalMemoryKb)),
        (Feature.CommandLine, CommandLine(options.CommandLine)),
        (Feature.EventDesc, EventDesc(events, [])),
        (Feature.SampleTime, UInt64s(times.FirstNs, times.LastNs)),
        (Feature.ClockId, UInt64s(1)),
        .. clock is { } pair ? [(Feature.ClockData, ClockData(pair))] : (List<(int, byte[])>)[],
    ];

    /// <summary>u32 version, u32 clock (1: CLOCK_MONOTONIC), u64 time of day, u64 time on that clock.</summary>
    internal static byte[] ClockData(ClockPair clock)
    {
        byte[] payload = new byte[24];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, 1);
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(8), clock.WallNs);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(16), clock.MonotonicNs);
        return payload;
    }

    private static string ToolVersion => typeof(FeatureBuilder).Assembly.GetName().Version?.ToString(3) ?? "0";

    /// <summary>u32 available, u32 online. perf takes a cpu that is not below the first number for a broken one.</summary>
    private static byte[] NrCpus(int online, int largestCpu)
    {
        byte[] payload = new byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(payload, Math.Max((uint)online, (uint)largestCpu + 1));
        BinaryPrimitives.WriteUInt32LittleEndian(payload.AsSpan(4), (uint)online);
        return payload;
    }

    private static byte[] CommandLine(IReadOnlyList<string> arguments)
    {
        byte[] count = new byte[sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(count, arguments.Count);
        return [.. count, .. arguments.SelectMany(String)];
    }

    /// <summary>u32 events, u32 attribute size; per event: attribute, u32 identifiers, name, identifiers.</summary>
    private static byte[] EventDesc(EventAttribute[] attributes, bool identified) => EventDesc(
        [.. attributes.Select(static (attribute, i) => (attribute, $"{DamonProvider.TracepointSystem}:{TracepointFormats.All[i].Name}"))],
        identified ? [.. Enumerable.Range(0, attributes.Length).Select(static i => (ulong)EventEncoder.IdentifierOf(i))] : []);

    private static byte[] EventDesc((EventAttribute Attribute, string Name)[] events, ulong[] identifiers)
    {
        using MemoryStream payload = new();
        using BinaryWriter writer = new(payload);
        writer.Write(events.Length);
        writer.Write(EventAttribute.Bytes);
        for (int i = 0; i < events.Length; i++)
        {
            writer.Write(events[i].Attribute.ToBytes());
            writer.Write(identifiers.Length > 0 ? 1 : 0);
            writer.Write(String(events[i].Name));
            if (identifiers.Length > 0)
            {
                writer.Write(identifiers[i]);
            }
        }

        writer.Flush();
        return payload.ToArray();
    }

    /// <summary>u32 length of what follows, a multiple of 64; the text and at least one NUL.</summary>
    private static byte[] String(string? text)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(string.IsNullOrEmpty(text) ? "unknown" : text);
        int length = ((utf8.Length / StringUnit) + 1) * StringUnit;
        byte[] payload = new byte[sizeof(uint) + length];
        BinaryPrimitives.WriteInt32LittleEndian(payload, length);
        utf8.CopyTo(payload, sizeof(uint));
        return payload;
    }

    private static byte[] UInt64s(params ReadOnlySpan<ulong> values)
    {
        byte[] payload = new byte[values.Length * sizeof(ulong)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(i * sizeof(ulong)), values[i]);
        }

        return payload;
    }
}
