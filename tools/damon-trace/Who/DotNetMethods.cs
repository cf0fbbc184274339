using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tracepoints;
using Microsoft.Diagnostics.NETCore.Client;

namespace Damon.Trace.Cli.Who;

/// <summary>Names of .NET methods: the runtime writes them into a perf map in the target's /tmp when it is asked to, .NET 8 and later.</summary>
internal static class DotNetMethods
{
    /// <exception cref="UserErrorException">The runtime does not answer or cannot.</exception>
    internal static void Ask(TargetProcess target)
    {
        try
        {
            DiagnosticPort.Of(target.Pid).EnablePerfMap(PerfMapType.PerfMap);
        }
        catch (Exception problem) when (problem is DiagnosticsClientException or IOException or TimeoutException)
        {
            throw new UserErrorException(
                $"process {target.Pid} ({target.Comm}) writes no perf map: {problem.Message}",
                "leave --dotnet-methods out; .NET 8 or later can, unless started with DOTNET_EnableDiagnostics=0; or start it with DOTNET_PerfMapEnabled=1",
                ExitCode.NoAccessCheck);
        }
    }
}
