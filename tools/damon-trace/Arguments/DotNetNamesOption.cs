using System.CommandLine;
using Damon.Trace.Cli.DotNet;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--dotnet-names [passive|collect]</c>: whether .NET targets are asked which memory is which generation.</summary>
internal static class DotNetNamesOption
{
    internal static Option<DotNetNames?> Create() => new("--dotnet-names")
    {
        Description = "Name the heap generations of .NET targets, as [dotnet gen2], through their diagnostic port: passive, from the next "
            + "garbage collection on (the default of the option), or collect, after asking for a full one. Default: not.",
        Arity = ArgumentArity.ZeroOrOne,
        HelpName = "passive|collect",
        CustomParser = result =>
        {
            string how = result.Tokens.Count == 0 ? "passive" : result.Tokens[0].Value;
            switch (how)
            {
                case "passive":
                    return DotNetNames.Passive;
                case "collect":
                    return DotNetNames.Collect;
                default:
                    result.AddError($"'{how}' is no way to get names from .NET: use passive or collect");
                    return null;
            }
        },
    };
}
