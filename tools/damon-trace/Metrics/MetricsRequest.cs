using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Net.Sockets;

namespace Damon.Trace.Cli.Metrics;

/// <summary>Where the meter is published.</summary>
/// <param name="Listen">Address and port to answer scrapes on; null for none.</param>
/// <param name="Otlp">Collector to push to; null for none.</param>
internal sealed record MetricsRequest(IPEndPoint? Listen, Uri? Otlp)
{
    internal static Option<IPEndPoint?> ListenOption { get; } = new("--metrics")
    {
        Description = "Serve metrics to Prometheus on this address, path /metrics, e.g. 127.0.0.1:9464. Loopback addresses only: there is no "
            + "authentication. Default: none.",
        CustomParser = ParseEndpoint,
        HelpName = "ADDRESS:PORT",
    };

    internal static Option<Uri?> OtlpOption { get; } = new("--otlp")
    {
        Description = "Push metrics to this OpenTelemetry collector every 15 s: http://HOST:4318 (protobuf over HTTP) or http://HOST:4317 (gRPC). "
            + "Headers and more: the variables OTEL_EXPORTER_OTLP_*. Default: none.",
        CustomParser = ParseUri,
        HelpName = "URL",
    };

    /// <summary>What was asked for; null when nothing was.</summary>
    internal static MetricsRequest? Of(ParseResult parse)
    {
        var request = new MetricsRequest(parse.GetValue(ListenOption), parse.GetValue(OtlpOption));
        return request.Listen is null && request.Otlp is null ? null : request;
    }

    /// <summary>What a listener itself says of a port that is taken names no port.</summary>
    /// <exception cref="UserErrorException">The port is taken.</exception>
    internal static void RequireFree(IPEndPoint endpoint)
    {
        try
        {
            using var trial = new TcpListener(endpoint);
            trial.Start();
        }
        catch (SocketException error)
        {
            throw new UserErrorException(
                $"cannot listen on {endpoint}: {error.Message}", "another program may have the port; choose one that is free", ExitCode.Usage);
        }
    }

    private static IPEndPoint? ParseEndpoint(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        string numeric = text.StartsWith("localhost:", StringComparison.Ordinal) ? "127.0.0.1" + text["localhost".Length..] : text;
        if (numeric.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(numeric, out IPEndPoint? endpoint) && endpoint.Port > 0)
        {
            if (endpoint.AddressFamily == AddressFamily.InterNetworkV6)
            {
                // HttpListener takes the first colon of an address for that of the port.
                result.AddError($"'{text}' is an address of IPv6, which the listener cannot do: use 127.0.0.1:{endpoint.Port}");
                return null;
            }

            if (IPAddress.IsLoopback(endpoint.Address))
            {
                return endpoint;
            }

            result.AddError($"'{text}' is not a loopback address: use 127.0.0.1:PORT, and a proxy with authentication for other hosts");
            return null;
        }

        result.AddError($"'{text}' is not an address and port: use e.g. 127.0.0.1:9464");
        return null;
    }

    private static Uri? ParseUri(ArgumentResult result)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0)
        {
            return uri;
        }

        result.AddError($"'{text}' is not the URL of a collector: use e.g. http://127.0.0.1:4318");
        return null;
    }
}
