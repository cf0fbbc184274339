using System.Buffers.Binary;
using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Tests.DotNet;

public sealed class HeapGenerationsTests
{
    private const int RestartEEEnd = 3;
    private const int GenerationRange = 23;
    private const ulong Region = 4 << 20;

    private readonly HeapGenerations _generations;
    private int _told;

    public HeapGenerationsTests()
    {
        _generations = new HeapGenerations(() => _told++);
    }

    [Fact]
    public void Regions_OfOneGenerationSideBySideAreOneRange()
    {
        // As .NET 10 tells them: 40 bytes of header before the first object, the rest of the region reserved; not in address order.
        Tell(3, 0x7000_0200_0028, (32 << 20) - 0x28);
        Tell(2, 0x7000_0040_0028, Region - 0x28);
        Tell(2, 0x7000_0000_0028, Region - 0x28);
        Tell(0, 0x7000_0080_0028, Region - 0x28);
        Restart();

        Assert.Equal(
            [
                new NamedRange(0x7000_0000_0000, 0x7000_0080_0000, "[dotnet gen2]"),
                new NamedRange(0x7000_0080_0000, 0x7000_00c0_0000, "[dotnet gen0]"),
                new NamedRange(0x7000_0200_0000, 0x7000_0400_0000, "[dotnet loh]"),
            ],
            _generations.Ranges);
        Assert.Equal(1, _told);
    }

    [Fact]
    public void TheLatestTellingCounts()
    {
        // Begin of a collection: two regions of generation 0; at its end one was promoted and the other is gone.
        Tell(0, 0x7000_0000_0028, Region - 0x28);
        Tell(0, 0x7000_0040_0028, Region - 0x28);
        Tell(1, 0x7000_0000_0028, Region - 0x28);
        Restart();

        Assert.Equal([new NamedRange(0x7000_0000_0000, 0x7000_0040_0000, "[dotnet gen1]")], _generations.Ranges);
    }

    [Fact]
    public void NothingChanged_IsTheSameObject()
    {
        Tell(2, 0x7000_0000_0028, Region - 0x28);
        Restart();
        NamedRange[] before = _generations.Ranges;

        Tell(2, 0x7000_0000_0028, Region - 0x28);
        Restart();
        Restart();

        Assert.Same(before, _generations.Ranges);
        Assert.Equal(2, _told);
    }

    [Fact]
    public void MoreRangesThanAnyoneCanRead_HaveOneName()
    {
        // Alternating generations side by side do not join; with one name all of them do.
        for (uint i = 0; i <= HeapGenerations.MaxRanges; i++)
        {
            Tell((byte)(i % 2), 0x7000_0000_0028 + (i * Region), Region - 0x28);
        }

        Restart();

        NamedRange range = Assert.Single(_generations.Ranges);
        Assert.Equal("[dotnet heap]", range.Name);
        Assert.Equal((HeapGenerations.MaxRanges + 1) * Region, range.End - range.Start);
    }

    [Fact]
    public void DamagedEvents_AreLeftOut()
    {
        _generations.OnEvent(GenerationRange, new byte[24]);
        Tell(2, ulong.MaxValue - 5, 100);
        Tell(2, 0x7000_0000_0028, Region - 0x28);
        Tell(2, 0x7000_0000_1028, Region);
        Restart();

        // The second overlaps the first: it says nothing that could be trusted.
        Assert.Equal([new NamedRange(0x7000_0000_0000, 0x7000_0040_0000, "[dotnet gen2]")], _generations.Ranges);
    }

    private void Tell(byte generation, ulong start, ulong reserved)
    {
        byte[] payload = new byte[27];
        payload[0] = generation;
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(1), start);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(9), reserved / 2);
        BinaryPrimitives.WriteUInt64LittleEndian(payload.AsSpan(17), reserved);
        _generations.OnEvent(GenerationRange, payload);
    }

    private void Restart() => _generations.OnEvent(RestartEEEnd, []);
}
