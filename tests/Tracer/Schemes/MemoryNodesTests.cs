using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Schemes;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Schemes;

/// <summary>Moving memory between nodes: the call itself works with one, what it is good for needs two (see the kernel lab's test).</summary>
public sealed class MemoryNodesTests
{
    [Theory]
    [InlineData("0\n", 0)]
    [InlineData("0-2,5\n", 0, 1, 2, 5)]
    [InlineData("1,3", 1, 3)]
    [InlineData("\n")]
    public void Nodes_AreListedAsTheKernelPrintsThem(string text, params int[] nodes) => Assert.Equal(nodes, MemoryNodes.Parse(text));

    [Theory]
    [InlineData(0, "'migrate_cold' moves between memory nodes, and this machine has one", "use 'cold' or 'pageout' for cold memory, 'collapse' for hot", 0)]
    [InlineData(1, "'migrate_cold' moves between memory nodes, and this machine has one", "use 'cold' or 'pageout' for cold memory, 'collapse' for hot", 0)]
    [InlineData(2, "'migrate_cold': there is no memory node 2 here", "node=N with one of 0, 1", 0, 1)]
    [InlineData(1, null, null, 0, 1)]
    public void Migration_IsRefusedWhereThereIsNoSuchNode(int node, string? problem, string? hint, params int[] nodes)
    {
        (string Problem, string Hint)? refusal = SchemeFeasibility.RefusalToMove("migrate_cold", node, nodes);

        Assert.Equal(problem, refusal?.Problem);
        Assert.Equal(hint, refusal?.Hint);
    }

    /// <summary>16 pages of our own that are there, the 17th is not: nothing has to move on a machine with one node, and that is not a failure.</summary>
    [Fact]
    public unsafe void Move_ToTheNodeWherePagesAreMovesNothing()
    {
        ulong page = (ulong)Unistd.PageSize;
        using var memory = new AccessChecks.ScratchMapping(17);
        for (int i = 0; i < 16; i++)
        {
            memory[i] = 1;
        }

        using var process = TargetProcess.Open(Environment.ProcessId);
        var acted = new ActedProcess(0, process, new VaddrAddressSpace(process));
        Assert.Equal(0, acted.ProbeMove());
        int[] nodes = new int[17];
        ulong[] pages = [.. Enumerable.Range(0, 17).Select(i => memory.Address + ((ulong)i * page))];
        Assert.Equal(0, acted.FindNodes(pages, nodes));
        Assert.All(nodes[..16], node => Assert.Contains(node, MemoryNodes.Read()));
        Assert.True(nodes[16] < 0, $"a page that is not there is on node {nodes[16]}");
        if (MemoryNodes.Read().Count == 1)
        {
            PageMove move = acted.Move([new AddressRange(memory.Address, memory.Address + (17 * page))], nodes[0]);

            Assert.Equal((0UL, 0UL, 0UL, 0), (move.Moved, move.Shared, move.Stayed, move.Error));
        }

        PageMove refused = acted.Move([new AddressRange(memory.Address, memory.Address + (16 * page))], node: 999);
        Assert.Equal(-Errno.ENODEV, refused.Error);
    }
}
