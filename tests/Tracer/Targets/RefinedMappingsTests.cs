using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class RefinedMappingsTests
{
    private static readonly Mapping s_heap = new(0x10000, 0x20000, "rw-p", 0, 0, "");

    [Fact]
    public void ARange_SplitsTheMappingItIsIn()
    {
        Assert.Equal(
            [(0x10000, 0x12000, ""), (0x12000, 0x18000, "[dotnet gen2]"), (0x18000, 0x20000, "")],
            Refine([s_heap], [new NamedRange(0x12000, 0x18000, "[dotnet gen2]")]));
    }

    [Fact]
    public void ARange_ReachesOverSeveralMappingsAndTheHolesBetween()
    {
        Mapping second = s_heap with { Start = 0x30000, End = 0x38000 };

        Assert.Equal(
            [(0x10000, 0x1f000, ""), (0x1f000, 0x20000, "[a]"), (0x30000, 0x31000, "[a]"), (0x31000, 0x38000, "[b]")],
            Refine([s_heap, second], [new NamedRange(0x1f000, 0x31000, "[a]"), new NamedRange(0x31000, 0x90000, "[b]")]));
    }

    [Fact]
    public void AFile_KeepsItsName()
    {
        Mapping file = s_heap with { Name = "/usr/lib/libc.so.6", Inode = 5 };

        Assert.Equal([(0x10000, 0x20000, file.Name)], Refine([file], [new NamedRange(0, 0x90000, "[dotnet gen2]")]));
    }

    [Fact]
    public void RandomRanges_CoverTheSameAddressesAsTheMappings()
    {
        // Whatever the runtime of a target tells: no address is lost, doubled or out of order, and a named one has its range's name.
        var random = new Random(7);
        for (int round = 0; round < 200; round++)
        {
            List<Mapping> mappings = [.. RandomRanges(random).Select(range => s_heap with { Start = range.Start, End = range.End })];
            List<NamedRange> ranges = [.. RandomRanges(random)];

            (int Start, int End, string Name)[] parts = Refine(mappings, ranges);

            Assert.Equal(
                mappings.SelectMany(mapping => Pages((int)mapping.Start, (int)mapping.End)), parts.SelectMany(part => Pages(part.Start, part.End)));
            Assert.All(parts, part => Assert.All(Pages(part.Start, part.End), page => Assert.Equal(NameAt(page, ranges), part.Name)));
        }
    }

    [Fact]
    public void Generation_CountsChangesOfMappingsAndOfNames()
    {
        using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
        var space = new VaddrAddressSpace(target);
        using var names = new FixedNames();
        var refined = new RefinedMappings(space, names);
        Assert.True(space.TryReadMappings([]));
        refined.Update();
        Assert.Equal(1u, refined.Generation);
        Assert.NotEmpty(refined.Mappings);

        refined.Update();
        Assert.Equal(1u, refined.Generation);

        Mapping anonymous = refined.Mappings.First(mapping => mapping.Name.Length == 0 && mapping.Permissions == "rw-p");
        names.Ranges = [new NamedRange(anonymous.Start, anonymous.End, "[mine]")];
        refined.Update();
        Assert.Equal(2u, refined.Generation);
        Assert.Contains(refined.Mappings, mapping => mapping.Name == "[mine]" && mapping.Start == anonymous.Start);
    }

    private static (int Start, int End, string Name)[] Refine(IReadOnlyList<Mapping> mappings, IReadOnlyList<NamedRange> ranges)
    {
        List<Mapping> refined = [];
        RefinedMappings.Refine(mappings, ranges, refined);
        return [.. refined.Select(part => ((int)part.Start, (int)part.End, part.Name))];
    }

    private static IEnumerable<NamedRange> RandomRanges(Random random)
    {
        ulong position = 0;
        for (int i = random.Next(5); i >= 0; i--)
        {
            ulong start = position + (ulong)random.Next(4);
            position = start + 1 + (ulong)random.Next(6);
            yield return new NamedRange(start, position, $"[{random.Next(3)}]");
        }
    }

    private static IEnumerable<int> Pages(int start, int end) => Enumerable.Range(start, end - start);

    private static string NameAt(int page, List<NamedRange> ranges) =>
        ranges.Where(range => range.Start <= (ulong)page && (ulong)page < range.End).Select(range => range.Name).FirstOrDefault("");

    private sealed class FixedNames : INamedRanges
    {
        public string Label => "names=fixed";

        public long CpuNs => 0;

        public IReadOnlyList<NamedRange> Ranges { get; set; } = [];

        public void Dispose()
        {
        }
    }
}
