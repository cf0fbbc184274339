namespace Damon.Trace.Events;

/// <summary>Names and numbers of the EventPipe provider. They are the wire contract: changing one breaks every recording.</summary>
public static class DamonProvider
{
    /// <summary>Name of the provider, as in <c>dotnet-trace collect --providers Damon</c>.</summary>
    public const string Name = "Damon";

    /// <summary>System part of the tracepoint's name in perf's text, <c>damon:damon_aggregated</c>.</summary>
    public const string TracepointSystem = "damon";
}
