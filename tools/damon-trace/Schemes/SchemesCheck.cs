using Damon.Trace.Cli.Help;
using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes;

namespace Damon.Trace.Cli.Schemes;

/// <summary><c>schemes check</c>.</summary>
internal static class SchemesCheck
{
    /// <summary>A sentence for each scheme, and for each thing it cannot do here.</summary>
    /// <returns>Not 0 when one of them cannot be applied at all.</returns>
    internal static int Write(string path, TextWriter output)
    {
        bool possible = true;
        IReadOnlyList<Scheme> schemes = SchemesInput.Read(path);
        for (int i = 0; i < schemes.Count; i++)
        {
            HelpText.WriteWrapped(output, $"{i}: ", 3, $"{schemes[i].Title}: {SchemeSentence.Describe(schemes[i])}");
            if (SchemeFeasibility.Refusal(schemes[i], isOwnProcess: false) is { } refusal)
            {
                possible = false;
                HelpText.WriteWrapped(output, "   ! ", 5, $"cannot be applied: {refusal.Problem}; {refusal.Hint}");
                continue;
            }

            foreach (string limit in SchemeFeasibility.Limits(schemes[i]))
            {
                HelpText.WriteWrapped(output, "   - ", 5, limit);
            }
        }

        return possible ? ExitCode.Ok : ExitCode.NoAccessCheck;
    }
}
