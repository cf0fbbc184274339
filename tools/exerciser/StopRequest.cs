namespace Damon.Trace.Exerciser;

/// <summary>Set by a signal, read by all threads.</summary>
internal sealed class StopRequest
{
    private volatile bool _requested;

    internal bool IsRequested => _requested;

    internal void Request() => _requested = true;
}
