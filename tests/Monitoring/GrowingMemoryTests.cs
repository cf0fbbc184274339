
namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>
/// A heap whose newest 8 MiB are in use and that grows by 12 pages in each window, 9 MiB a second: what is in no region is in no figure, so an update is asked for as soon as 64 pages have come (GrowthWatch).
/// </summary>
public sealed class GrowingMemoryTests(ITestOutputHelper output)
{
    private const ulong FirstPages = 4_096;
    private const ulong GrowthPages = 12;
    private const ulong HotPages = 2_048;
    private const ulong WorthwhilePages = 64;

    [Fact]
    public void NewestMemory_IsInTheEstimate()
    {
        double sum = 0;
        const int Runs = 50;
        for (int run = 0; run < Runs; run++)
        {
            sum += MeanTouched((ulong)run);
        }

        double share = sum / Runs / HotPages;
        output.WriteLine($"{share:P1} of what was touched");
        Assert.InRange(share, 0.9, 1.1);
    }

    private static double MeanTouched(ulong seed)
    {
        ulong pages = FirstPages;
        SimulatedMemory memory = new([Heap(pages)], (page, _) => page + HotPages >= pages && page < pages);
        Touched touched = new();
        DamonContext context = new(new DamonAttributes { ExtraSamples = 100 }, new SeededRandom(seed), touched, Run.Page);
        context.AddTarget(memory, memory);
        context.Start();
        ulong updated = pages;
        for (int window = 0; window < 400; window++)
        {
            pages += GrowthPages;
            memory.Populated = [Heap(pages)];
            context.Passes(1);
            if (pages - updated > WorthwhilePages)
            {
                updated = pages;
                context.RequestRegionsUpdate();
            }
        }

        return touched.Pages.Skip(touched.Pages.Count / 2).Average();
    }

    private static AddressRange Heap(ulong pages) => new(0, pages * Run.Page);

    private sealed class Touched : IAggregationObserver
    {
        public List<double> Pages { get; } = [];

        public void OnAggregated(DamonTarget target, ReadOnlySpan<DamonRegion> regions)
        {
            double sum = 0;
            foreach (ref readonly DamonRegion region in regions)
            {
                sum += region.Estimate.Touched / Run.Page;
            }

            Pages.Add(sum);
        }

        public void OnIntervalsTuned(ulong sampleUs)
        {
        }
    }
}
