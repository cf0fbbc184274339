using System.Globalization;
using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Kernel.Physical;

/// <summary>
/// Reads the layout of physical memory: blocks from /proc/iomem, zones from /proc/zoneinfo, and the nodes' memory blocks from sysfs
/// (Documentation/admin-guide/mm/memory-hotplug.rst), because the zones of two nodes may span each other.
/// </summary>
internal sealed class PhysicalMemoryReader
{
    private const string SystemRam = "System RAM";

    private readonly string _proc;
    private readonly string _devices;
    private readonly ulong _pageSize;

    internal PhysicalMemoryReader(string proc = "/proc", string devices = "/sys/devices/system")
        : this(proc, devices, (ulong)Environment.SystemPageSize)
    {
    }

    internal PhysicalMemoryReader(string proc, string devices, ulong pageSize)
    {
        _proc = proc;
        _devices = devices;
        _pageSize = pageSize;
    }

    /// <summary>Reads it now.</summary>
    /// <exception cref="KernelDamonException">The addresses are hidden from this user, or there are none.</exception>
    internal PhysicalMemory Read()
    {
        List<AddressRange> ram = ReadRam();
        return ram.Count > 0
            ? PhysicalMemory.Of(ram, ReadZones())
            : throw new KernelDamonException($"{_proc}/iomem shows no addresses of System RAM", "run as root");
    }

    /// <summary>
    /// Top-level lines <c>00100000-bfffffff : System RAM</c>, the last address included, rounded inwards to whole pages. Users without
    /// CAP_SYS_ADMIN see zeros instead of addresses.
    /// </summary>
    private List<AddressRange> ReadRam()
    {
        var ram = new List<AddressRange>();
        foreach (string line in File.ReadLines(Path.Combine(_proc, "iomem")))
        {
            string[] parts = line.Split(" : ", 2);
            if (line.StartsWith(' ') || parts.Length < 2 || parts[1] != SystemRam)
            {
                continue;
            }

            string[] ends = parts[0].Split('-');
            ulong start = (Hex(ends[0]) + _pageSize - 1) / _pageSize * _pageSize;
            ulong end = (Hex(ends[1]) + 1) / _pageSize * _pageSize;
            if (end > start)
            {
                ram.Add(new AddressRange(start, end));
            }
        }

        return ram;
    }

    private List<PhysicalRange> ReadZones()
    {
        var zones = new List<PhysicalRange>();
        string name = "";
        int node = 0;
        ulong spanned = 0;
        foreach (string line in File.ReadLines(Path.Combine(_proc, "zoneinfo")))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["Node", string number, "zone", string zone]:
                    node = int.Parse(number.TrimEnd(','), CultureInfo.InvariantCulture);
                    name = zone;
                    spanned = 0;
                    break;
                case ["spanned", string pages]:
                    spanned = ulong.Parse(pages, CultureInfo.InvariantCulture);
                    break;
                case ["start_pfn:", string pfn] when spanned > 0:
                    ulong start = ulong.Parse(pfn, CultureInfo.InvariantCulture) * _pageSize;
                    AddZone(zones, node, name, new AddressRange(start, start + (spanned * _pageSize)));
                    break;
            }
        }

        return zones;
    }

    private void AddZone(List<PhysicalRange> zones, int node, string name, AddressRange span)
    {
        string label = string.Create(CultureInfo.InvariantCulture, $"[node{node} {name}]");
        foreach (AddressRange block in ReadBlocks(node) ?? [span])
        {
            ulong start = Math.Max(block.Start, span.Start);
            ulong end = Math.Min(block.End, span.End);
            if (end > start)
            {
                zones.Add(new PhysicalRange(new AddressRange(start, end), label));
            }
        }
    }

    /// <summary>The memory blocks of a node; null on a kernel without memory hotplug, which does not tell them.</summary>
    private List<AddressRange>? ReadBlocks(int node)
    {
        string size = Path.Combine(_devices, "memory", "block_size_bytes");
        string directory = Path.Combine(_devices, "node", string.Create(CultureInfo.InvariantCulture, $"node{node}"));
        if (!File.Exists(size) || !Directory.Exists(directory))
        {
            return null;
        }

        ulong blockSize = Hex(File.ReadAllText(size).Trim());
        var blocks = new List<AddressRange>();
        foreach (ulong number in Directory.EnumerateFileSystemEntries(directory, "memory*").Select(BlockNumber).OfType<ulong>().Order())
        {
            var block = new AddressRange(number * blockSize, (number + 1) * blockSize);
            if (blocks.Count > 0 && blocks[^1].End == block.Start)
            {
                blocks[^1] = blocks[^1] with { End = block.End };
            }
            else
            {
                blocks.Add(block);
            }
        }

        return blocks;
    }

    private static ulong? BlockNumber(string entry) =>
        ulong.TryParse(Path.GetFileName(entry)["memory".Length..], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;

    private static ulong Hex(string text) => ulong.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
}
