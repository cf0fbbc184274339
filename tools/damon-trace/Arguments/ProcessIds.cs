using System.CommandLine.Parsing;
using System.Globalization;

namespace Damon.Trace.Cli.Arguments;

/// <summary>Process ids on the command line, separated by commas: <c>-p 99,100</c>.</summary>
internal static class ProcessIds
{
    internal static int[]? Parse(ArgumentResult result)
    {
        var pids = new List<int>();
        foreach (string word in result.Tokens.SelectMany(token => token.Value.Split(',')))
        {
            if (!int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out int pid) || pid <= 0)
            {
                result.AddError($"'{word}' is not a process id: use e.g. -p 99 or -p 99,100");
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
