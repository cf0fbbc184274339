using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Kernel.Physical;

/// <summary>The physical memory of the machine: its blocks of System RAM, and which node and zone each part belongs to.</summary>
/// <param name="Ram">Blocks of System RAM in address order (/proc/iomem).</param>
/// <param name="Layout">The same memory, cut at the borders of nodes and zones, in address order.</param>
public sealed record PhysicalMemory(IReadOnlyList<AddressRange> Ram, IReadOnlyList<PhysicalRange> Layout)
{
    internal const string UnknownZone = "[System RAM]";

    /// <summary>Cuts the blocks at the borders of the zones; what no zone holds keeps the name of System RAM.</summary>
    internal static PhysicalMemory Of(IReadOnlyList<AddressRange> ram, IReadOnlyList<PhysicalRange> zones)
    {
        var layout = new List<PhysicalRange>();
        foreach (AddressRange block in ram)
        {
            ulong[] borders =
            [
                .. zones.SelectMany(zone => new[] { zone.Range.Start, zone.Range.End })
                    .Where(border => border > block.Start && border < block.End).Append(block.Start).Append(block.End).Distinct().Order(),
            ];
            for (int i = 0; i + 1 < borders.Length; i++)
            {
                Append(layout, new PhysicalRange(new AddressRange(borders[i], borders[i + 1]), NameAt(borders[i], zones)));
            }
        }

        return new PhysicalMemory(ram, layout);
    }

    private static string NameAt(ulong address, IReadOnlyList<PhysicalRange> zones)
    {
        foreach (PhysicalRange zone in zones)
        {
            if (address >= zone.Range.Start && address < zone.Range.End)
            {
                return zone.Name;
            }
        }

        return UnknownZone;
    }

    private static void Append(List<PhysicalRange> layout, PhysicalRange next)
    {
        if (layout.Count > 0 && layout[^1] is { } last && last.Name == next.Name && last.Range.End == next.Range.Start)
        {
            layout[^1] = last with { Range = last.Range with { End = next.Range.End } };
            return;
        }

        layout.Add(next);
    }
}
