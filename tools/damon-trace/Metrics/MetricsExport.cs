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
    /// <param name="request">Where.</param>
    /// <param name="error">Told when nothing reaches the collector.</param>
    /// <exception cref="UserErrorException">The port is taken.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static IDisposable Start(MetricsRequest request, TextWriter error)
    {
        MeterProviderBuilder builder = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(static resource => resource.AddService("damon-trace").AddAttributes([new("host.name", Environment.MachineName)]))
            .AddMeter("Damon");
        if (request.Listen is { } listen)
        {
            MetricsRequest.RequireFree(listen);
            builder.AddPrometheusHttpListener(options => (options.Host, options.Port) = (listen.Address.ToString(), listen.Port));
        }

        if (request.Otlp is { } collector)
        {
            builder.AddOtlpExporter((options, reader) =>
            {
                bool isGrpc = collector.Port == GrpcPort;
                options.Protocol = isGrpc ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
                options.Endpoint = isGrpc || collector.AbsolutePath.Length > 1 ? collector : new Uri(collector, HttpPath);
                options.HttpClientFactory = () => new HttpClient(new CollectorWatch(collector, error))
                {
                    Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds),
                };
                reader.PeriodicExportingMetricReaderOptions.ExportIntervalMilliseconds = PushPeriodMs;
            });
        }

        return new MetricsExport(builder.Build());
    }

    /// <summary>Pushes what there is for the last time, and ends.</summary>
    public void Dispose() => _provider.Dispose();
}
