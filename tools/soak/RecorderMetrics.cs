using System.Globalization;

namespace Damon.Trace.Soak;

/// <summary>What the recorder counts, as its own metrics say it.</summary>
internal sealed class RecorderMetrics(string address)
{
    private static readonly HttpClient s_client = new() { Timeout = TimeSpan.FromSeconds(20) };

    /// <summary>Counters without their prefix and suffix, e.g. <c>snapshots</c>; empty while there is nobody to ask.</summary>
    internal Dictionary<string, double> Read()
    {
        const string Prefix = "damon_recorder_";
        var counters = new Dictionary<string, double>();
        try
        {
            foreach (string line in s_client.GetStringAsync(new Uri($"http://{address}/metrics")).Result.Split('\n'))
            {
                string[] parts = line.Split('{', ' ');
                if (parts[0].StartsWith(Prefix, StringComparison.Ordinal)
                    && double.TryParse(line.Split(' ').ElementAtOrDefault(1), CultureInfo.InvariantCulture, out double value))
                {
                    counters[parts[0][Prefix.Length..].Replace("_total", "", StringComparison.Ordinal)] = value;
                }
            }
        }
        catch (AggregateException problem) when (problem.InnerException is HttpRequestException or TaskCanceledException)
        {
            // Not yet, or not any more.
        }

        return counters;
    }
}
