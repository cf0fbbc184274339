namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>The kdamond's loop without its clock.</summary>
internal static class Run
{
    /// <summary>Page size of the tests that do not count in single bytes.</summary>
    public const ulong Page = 4096;

    /// <summary>M = 4 checks per aggregation, an update every 8.</summary>
    public static DamonAttributes Short { get; } = new() { SampleUs = 1_000, AggrUs = 4_000, UpdateUs = 8_000, MinNrRegions = 3 };

    public static DamonContext Passes(this DamonContext context, int nrPasses)
    {
        for (int i = 0; i < nrPasses; i++)
        {
            context.PrepareAccessChecks();
            context.CheckAccesses();
        }

        return context;
    }
}
