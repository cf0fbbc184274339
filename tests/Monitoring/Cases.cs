using System.Globalization;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Seeded random cases. A failure names its seed; <c>DAMON_TRACE_SEED=seed</c> replays exactly that case.</summary>
internal static class Cases
{
    private const int NrCases = 1_000;

    public static void ForAll(Action<SeededRandom> property)
    {
        string? replay = Environment.GetEnvironmentVariable("DAMON_TRACE_SEED");
        ulong first = replay is null ? 1 : ulong.Parse(replay, CultureInfo.InvariantCulture);
        ulong last = replay is null ? NrCases : first;
        for (ulong seed = first; seed <= last; seed++)
        {
            try
            {
                property(new SeededRandom(seed));
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Case failed; replay it with DAMON_TRACE_SEED={seed}. {e.Message}", e);
            }
        }
    }

    /// <summary>1 to 40 aligned regions, most touching, some with holes, sizes from one page to 16 MiB, any counters.</summary>
    public static RegionArray Regions(SeededRandom random)
    {
        RegionArray regions = new();
        ulong start = random.Next(0, 1_000) * Run.Page;
        ulong count = random.Next(1, 40);
        for (ulong i = 0; i < count; i++)
        {
            start += random.Next(0, 3) == 0 ? random.Next(1, 100) * Run.Page : 0;
            ulong end = start + (random.Next(1, 1ul << (int)random.Next(0, 12)) * Run.Page);
            regions.Append(new DamonRegion
            {
                Start = start,
                End = end,
                NrAccesses = (uint)random.Next(0, 20),
                LastNrAccesses = (uint)random.Next(0, 20),
                Age = (uint)random.Next(0, 100),
            });
            start = end;
        }

        regions.TakeAppended();
        return regions;
    }
}
