using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Process ids on the command line: <c>-p 99,100</c>, and as pidof(1) and pgrep(1) print several.</summary>
internal static class ProcessIds
{
    /// <summary><c>-p PID</c>.</summary>
    /// <param name="description">What it is for, in a sentence.</param>
    /// <param name="isOne">One is meant; that several are too many is the command's to say.</param>
    internal static Option<int[]> Option(string description, bool isOne) => new("--pid", "-p")
    {
        Description = isOne ? description : description + " Several: -p 99,100, -p \"$(pgrep NAME)\", -p $(pidof NAME).",
        CustomParser = Parse,
        AllowMultipleArgumentsPerToken = !isOne,
        Arity = ArgumentArity.OneOrMore,
        HelpName = "PID",
    };

    private static int[]? Parse(ArgumentResult result)
    {
        var pids = new List<int>();
        foreach (string word in result.Tokens.SelectMany(token => token.Value.Split([',', ' ', '\n', '\t']).Where((word, i) => word.Length > 0 || i == 0)))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid <= 0)
            {
                result.AddError(word.StartsWith("--", StringComparison.Ordinal) ? CommandLine.UnknownOption + $"'{word}'" : $"'{word}' is not a process id: use e.g. -p 99, or -n for a name");
                return null;
            }

            if (!pids.Contains(pid))
            {
                pids.Add(pid);
            }
        }

        return [.. pids];
    }
}
