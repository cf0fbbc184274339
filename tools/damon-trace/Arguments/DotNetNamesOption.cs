using System.CommandLine;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--dotnet-names</c>: whether the tables of .NET's garbage collector are read in the targets.</summary>
internal static class DotNetNamesOption
{
    internal static Option<bool> Create() => new("--dotnet-names")
    {
        Description = "Name the heap generations of .NET targets, as [dotnet gen2]: a process of its own reads the garbage collector's tables "
            + "in the target's memory, every 5 seconds, without stopping the target.",
    };
}
