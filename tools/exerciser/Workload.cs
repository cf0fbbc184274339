using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Exerciser;

/// <summary>Runs the workers; the first one on the calling thread, so that it is the process's main thread that touches memory.</summary>
internal sealed class Workload
{
    internal Workload(ExerciserOptions options, MemoryLayout layout)
    {
        Workers = [.. Enumerable.Range(0, options.NrThreads).Select(index => new Worker(options, layout, index))];
    }

    internal IReadOnlyList<Worker> Workers { get; }

    internal long BeginNs { get; private set; }

    internal long EndNs => Workers.Max(worker => worker.EndNs);

    internal void Run(StopRequest stop)
    {
        BeginNs = Time.GetNs(Time.CLOCK_MONOTONIC);
        Thread[] threads = [.. Workers.Skip(1).Select(worker => new Thread(() => worker.Run(BeginNs, stop)))];
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        Workers[0].Run(BeginNs, stop);
        foreach (Thread thread in threads)
        {
            thread.Join();
        }
    }
}
