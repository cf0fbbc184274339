namespace Damon.Trace.Tracer.Worker;

/// <summary>Feeds the tracepoint on a thread of its own: from own sampling, or from what the kernel's kdamonds report.</summary>
public interface IRecorder : IDisposable
{
    /// <summary>What it has done so far.</summary>
    RecorderCounters Counters { get; }

    /// <summary>Ends when the recorder has ended. Faulted by an unexpected error.</summary>
    Task Finished { get; }

    /// <summary>Lets it run.</summary>
    void Start();

    /// <summary>Asks it to end; <see cref="Finished"/> tells when it has.</summary>
    void Stop();
}
