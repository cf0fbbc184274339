using System.CommandLine;
using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>--check NAME</c>: how accesses are detected.</summary>
internal static class AccessCheckOption
{
    private static readonly string s_names = string.Join(
        ", ", AccessCheckCatalog.ByPreference.Select(static kind => kind.Name).Prepend(AccessCheckCatalog.Auto));

    internal static Option<string> Create() => new("--check")
    {
        Description = $"How accesses are detected: {s_names}. 'damon-trace doctor' says what each needs. "
            + "Default: auto, the best that works here.",
        DefaultValueFactory = static _ => AccessCheckCatalog.Auto,
        HelpName = "NAME",
    };

    /// <summary>A name that does not exist is a mistake on the command line; what does not work here is not.</summary>
    internal static void Require(string name)
    {
        if (name != AccessCheckCatalog.Auto && AccessCheckCatalog.Find(name) is null)
        {
            throw new UserErrorException($"there is no access check '{name}'", $"use {s_names}", ExitCode.Usage);
        }
    }
}
