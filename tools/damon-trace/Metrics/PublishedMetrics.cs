namespace Damon.Trace.Cli.Metrics;

/// <summary>Where the meter is published now. It outlives a recording that is reloaded: no scrape is refused meanwhile unless the address changes.</summary>
internal sealed class PublishedMetrics(TextWriter error) : IDisposable
{
    private MetricsRequest? _request;
    private IDisposable? _export;

    /// <summary>Refuses what could not be published instead of what is.</summary>
    /// <exception cref="UserErrorException">The port is taken.</exception>
    internal void Check(MetricsRequest? wanted)
    {
        if (wanted?.Listen is { } listen && !listen.Equals(_request?.Listen))
        {
            MetricsRequest.RequireFree(listen);
        }
    }

    /// <summary>Publishes there from now on, and nowhere else.</summary>
    /// <exception cref="UserErrorException">The port is taken.</exception>
    internal void Publish(MetricsRequest? wanted)
    {
        if (wanted != _request)
        {
            Dispose();
            _export = wanted is null ? null : MetricsExport.Start(wanted, error);
            _request = wanted;
        }
    }

    /// <summary>Publishes no more.</summary>
    public void Dispose()
    {
        _export?.Dispose();
        (_export, _request) = (null, null);
    }
}
