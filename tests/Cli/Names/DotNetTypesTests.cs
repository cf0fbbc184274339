using System.Text.Json;

namespace Damon.Trace.Cli.Tests.Names;

/// <summary>
/// The test itself is the program: a dictionary of which the first entries are read all the time and the others never. What is cold of it by type is known
/// to within the pages at the border.
/// </summary>
[Trait("Category", "Linux")]
public sealed class DotNetTypesTests
{
    private const int Orders = 60_000;
    private const int Used = 6_000;
    private const int PayloadBytes = 1000;

    // 8 bytes of header, 8 of method table, 8 of length; an order has a header, a method table, a reference and a number.
    private const double ArrayBytes = 24 + PayloadBytes;
    private const double OrderBytes = 32;

    [Fact]
    public async Task ColdBytesByType_AreThoseOfTheColdPart()
    {
        var all = new Dictionary<int, ColdOrder>(Orders);
        for (int i = 0; i < Orders; i++)
        {
            all[i] = new ColdOrder { Number = i, Payload = new byte[PayloadBytes] };
        }

        GC.Collect();
        GC.Collect();
        using var ended = new CancellationTokenSource();
        long[] sum = [0];
        var reader = new Thread(() =>
        {
            while (!ended.IsCancellationRequested)
            {
                for (int i = 0; i < Used; i++)
                {
                    sum[0] += all[i].Number + all[i].Payload[^1];
                }

                Thread.Sleep(10);
            }
        });
        reader.Start();
        try
        {
            using ToolProcess tool = ToolProcess.Start(
                ["snapshot", "-p", $"{Environment.ProcessId}", "--names", "dotnet-types", "--json", "--window", "3s"]);
            CommandRun run = tool.Wait();
            Assert.SkipWhen(run.Error.Contains("cannot be looked at one by one", StringComparison.Ordinal), run.Error);

            Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
            JsonElement[] labels = [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("labels").EnumerateArray()];
            (double orders, double cold, double touched) = Of(labels, nameof(ColdOrder));
            Assert.Equal(Orders, orders);
            Assert.InRange(cold, (Orders - Used) * OrderBytes * 0.9, (Orders - Used) * OrderBytes * 1.001);
            Assert.InRange(touched, Used * OrderBytes * 0.999, Used * OrderBytes * 1.5);
            (double arrays, cold, touched) = Of(labels, "System.Byte[] [gen2]");
            Assert.True(arrays >= Orders);
            Assert.InRange(cold, (Orders - Used) * ArrayBytes * 0.9, (Orders - Used) * ArrayBytes * 1.1);
            Assert.True(touched >= Used * ArrayBytes * 0.9, $"{touched}");
        }
        finally
        {
            await ended.CancelAsync();
            reader.Join();
            GC.KeepAlive(all);
        }
    }

    private static (double Objects, double Cold, double Touched) Of(JsonElement[] labels, string name)
    {
        JsonElement[] found = [.. labels.Where(label => label.GetProperty("label").GetString()!.Contains(name, StringComparison.Ordinal)
            && !label.GetProperty("label").GetString()!.Contains("Dictionary", StringComparison.Ordinal))];
        return (
            found.Sum(static label => label.GetProperty("objects").GetInt64()), found.Sum(static label => (double)label.GetProperty("cold_bytes").GetUInt64()),
            found.Sum(static label => (double)label.GetProperty("touched_bytes").GetUInt64()));
    }

    private sealed class ColdOrder
    {
        internal int Number { get; init; }

        internal byte[] Payload { get; init; } = [];
    }
}
