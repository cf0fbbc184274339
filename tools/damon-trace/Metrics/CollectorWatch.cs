using System.Net;

namespace Damon.Trace.Cli.Metrics;

/// <summary>
/// Says once that what is pushed does not reach its collector, and once that it does again: the exporter itself tells nobody. A recording goes on all
/// the same.
/// </summary>
internal sealed class CollectorWatch(Uri collector, TextWriter error) : DelegatingHandler(new SocketsHttpHandler())
{
    private readonly Lock _lock = new();
    private bool _isLost;

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Look(base.Send(request, cancellationToken));
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            SayLost(problem);
            throw;
        }
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Look(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception problem) when (problem is HttpRequestException or OperationCanceledException)
        {
            SayLost(problem);
            throw;
        }
    }

    private HttpResponseMessage Look(HttpResponseMessage response)
    {
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
        {
            SayReached();
        }
        else
        {
            SayLost($"it answers {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        return response;
    }

    private void SayLost(Exception problem) => SayLost(problem is OperationCanceledException ? "it does not answer in time" : problem.InnerException?.Message ?? problem.Message);

    private void SayLost(string reason)
    {
        lock (_lock)
        {
            if (!_isLost)
            {
                _isLost = true;
                error.WriteLine($"damon-trace: metrics do not reach {collector}, the recording goes on: {HumanText.OneLine(reason)}");
            }
        }
    }

    private void SayReached()
    {
        lock (_lock)
        {
            if (_isLost)
            {
                _isLost = false;
                error.WriteLine($"damon-trace: metrics reach {collector} again");
            }
        }
    }
}
