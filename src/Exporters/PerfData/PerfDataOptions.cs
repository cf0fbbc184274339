namespace Damon.Trace.Exporters.PerfData;

/// <summary>What <see cref="PerfDataWriter"/> and <see cref="PerfPipeWriter"/> write besides the events.</summary>
public sealed record PerfDataOptions
{
    /// <summary>Write <c>damon_monitor_intervals_tune</c> too; perf then pads all event names to the longer one.</summary>
    public bool AllEvents { get; init; }

    /// <summary>The machine named in the header; null takes the one we run on.</summary>
    public MachineDescription? Machine { get; init; }

    /// <summary>The command line named in the header.</summary>
    public IReadOnlyList<string> CommandLine { get; init; } = ["damon-trace"];
}
