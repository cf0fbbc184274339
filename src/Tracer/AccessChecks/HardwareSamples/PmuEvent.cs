using System.Globalization;

namespace Damon.Trace.Tracer.AccessChecks.HardwareSamples;

/// <summary>
/// An event as the kernel describes it below /sys/bus/event_source/devices/PMU (Documentation/ABI/testing/sysfs-bus-event_source-devices-*):
/// the file type, the event's terms (<c>event=0xcd,umask=0x1,ldlat=3</c>) and, in format/TERM, the bits each term goes to
/// (<c>config:0-7,32-35</c>).
/// </summary>
internal readonly record struct PmuEvent(uint Type, ulong Config, ulong Config1, ulong Config2)
{
    /// <summary>Reads one; null when the PMU does not have it or describes it in an unknown way.</summary>
    /// <param name="pmu">Directory of the PMU.</param>
    /// <param name="name">File in its directory events; null for an event without terms.</param>
    internal static PmuEvent? TryRead(string pmu, string? name)
    {
        try
        {
            uint type = uint.Parse(File.ReadAllText(Path.Combine(pmu, "type")), CultureInfo.InvariantCulture);
            string terms = name is null ? "" : File.ReadAllText(Path.Combine(pmu, "events", name)).Trim();
            Span<ulong> configs = stackalloc ulong[3];
            foreach (string term in terms.Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                string[] parts = term.Split('=');
                Place(File.ReadAllText(Path.Combine(pmu, "format", parts[0])).Trim(), parts.Length == 1 ? 1 : Number(parts[1]), configs);
            }

            return new PmuEvent(type, configs[0], configs[1], configs[2]);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Puts a value into the bits that a format names, lowest first.</summary>
    /// <exception cref="FormatException">The format is none.</exception>
    internal static void Place(string format, ulong value, Span<ulong> configs)
    {
        string[] parts = format.Split(':');
        int config = parts[0] switch
        {
            "config" => 0,
            "config1" => 1,
            "config2" => 2,
            _ => throw new FormatException($"unknown field {parts[0]}"),
        };
        foreach (string range in parts[^1].Split(','))
        {
            string[] ends = range.Split('-');
            int first = int.Parse(ends[0], CultureInfo.InvariantCulture);
            int last = int.Parse(ends[^1], CultureInfo.InvariantCulture);
            for (int bit = first; bit <= last; bit++, value >>= 1)
            {
                configs[config] |= (value & 1) << bit;
            }
        }
    }

    private static ulong Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : ulong.Parse(text, CultureInfo.InvariantCulture);
}
