using Damon.Trace.Tracer.Kernel.Driving;
using Damon.Trace.Tracer.Kernel.Physical;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.Kernel.Physical;

public sealed class PhysicalMemoryReaderTests : IDisposable
{
    private const ulong Page = 4096;
    private const ulong MiB = 1 << 20;

    private readonly TemporaryDirectory _files = new();

    public void Dispose() => _files.Dispose();

    /// <summary>All blocks, not only the biggest; the last address of a line belongs to it; parts of pages do not count.</summary>
    [Fact]
    public void Ram_IsEveryBlock()
    {
        Write(
            """
            00000000-00000fff : Reserved
            00001000-0009fbff : System RAM
            00100000-04ffffff : System RAM
              01000000-02276f47 : Kernel code
            fec00000-fec003ff : IOAPIC 0
            100000000-107ffffff : System RAM

            """,
            zones: "");
        Assert.Equal(
            [new AddressRange(0x1000, 0x9f000), new AddressRange(MiB, 80 * MiB), new AddressRange(4096 * MiB, 4224 * MiB)],
            Read().Ram);
        Assert.All(Read().Layout, part => Assert.Equal("[System RAM]", part.Name));
    }

    [Fact]
    public void Layout_CutsABlockAtTheBordersOfZones()
    {
        Write(
            "00100000-1ffffffff : System RAM\n",
            Zone(0, "DMA", 1, 4095) + Zone(0, "DMA32", 4096, 1_044_480) + Zone(0, "Normal", 1_048_576, 1_048_576) + "Node 0, zone  Movable\n        spanned  0\n");
        Assert.Equal(
            [
                new PhysicalRange(new AddressRange(MiB, 16 * MiB), "[node0 DMA]"),
                new PhysicalRange(new AddressRange(16 * MiB, 4096 * MiB), "[node0 DMA32]"),
                new PhysicalRange(new AddressRange(4096 * MiB, 8192 * MiB), "[node0 Normal]"),
            ],
            Read().Layout);
    }

    /// <summary>Interleaved nodes: the zone of each spans the memory of the other, and only the memory blocks tell whose is whose.</summary>
    [Fact]
    public void Layout_OfInterleavedNodes_FollowsTheirMemoryBlocks()
    {
        const ulong Block = 128 * MiB;
        Write("00000000-1fffffff : System RAM\n", Zone(0, "Normal", 0, 3 * Block / Page) + Zone(1, "Normal", Block / Page, 3 * Block / Page));
        _files.Write("devices/memory/block_size_bytes", "8000000\n");
        _files.Write("devices/node/node0/memory0/state", "online\n");
        _files.Write("devices/node/node0/memory2/state", "online\n");
        _files.Write("devices/node/node1/memory1/state", "online\n");
        _files.Write("devices/node/node1/memory3/state", "online\n");
        Assert.Equal(
            ["[node0 Normal]", "[node1 Normal]", "[node0 Normal]", "[node1 Normal]"], Read().Layout.Select(part => part.Name));
        Assert.All(Read().Layout, part => Assert.Equal(Block, part.Range.Size));
    }

    [Fact]
    public void HiddenAddresses_AreRefused()
    {
        Write("00000000-00000000 : System RAM\n00000000-00000000 : System RAM\n", zones: "");
        Assert.Equal("run as root", Assert.Throws<KernelDamonException>(Read).Hint);
    }

    private static string Zone(int node, string name, ulong startPfn, ulong spanned) =>
        $"Node {node}, zone   {name}\n  pages free     3840\n        spanned  {spanned}\n        present  3998\n  start_pfn:           {startPfn}\n";

    private void Write(string iomem, string zones)
    {
        _files.Write("proc/iomem", iomem);
        _files.Write("proc/zoneinfo", zones);
    }

    private PhysicalMemory Read() => new PhysicalMemoryReader(_files.File("proc"), _files.File("devices"), Page).Read();
}
