using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Damon.Trace.Cli.Metrics;

/// <summary>Publishes the meter <c>Damon</c> of this process while it is held: to scrapes of Prometheus, to an OpenTelemetry collector, or both.</summary>
internal sealed class MetricsExport : IDisposable
{
    private const int PushPeriodMs = 15_000;
    private const int GrpcPort = 4317;
    private const string HttpPath = "/v1/metrics";

    private readonly MeterProvider _provider;

    private MetricsExport(MeterProvider provider) => _provider = provider;

    /// <summary>
    /// Begins to publish, until the result is disposed. Only who asks for it loads the packages of OpenTelemetry, which takes a tenth of a second of CPU:
    /// nothing of them is in the signature, and the body is compiled for nobody else.
    /// </summary>
    /// <exception cref="UserErrorException">The port is taken.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IDisposable Start(MetricsRequest request)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(static resource => resource.AddService("damon-trace").AddAttributes([new("host.name", Environment.MachineName)]))
            .AddMeter("Damon");
        if (request.Listen is { } listen)
        {
            // What the listener itself says when a port is taken names no port.
            RequireFree(listen);
            string host = listen.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{listen.Address}]" : listen.Address.ToString();
            builder.AddPrometheusHttpListener(options => (options.Host, options.Port) = (host, listen.Port));
        }

        if (request.Otlp is { } collector)
        {
            builder.AddOtlpExporter((options, reader) =>
            {
                bool isGrpc = collector.Port == GrpcPort;
                options.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = isGrpc || collector.AbsolutePath.Length > 1 ? collector : new Uri(collector, HttpPath);
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = PushPeriodMs;
            });
        }

        return new MetricsExport(builder.Build());
    }

    /// <summary>Pushes what there is for the last time, and ends.</summary>
    public void Dispose() => _provider.Dispose();

    private static void RequireFree(IPEndPoint endpoint)
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
}
