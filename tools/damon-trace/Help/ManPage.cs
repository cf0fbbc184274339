using System.CommandLine;

namespace Damon.Trace.Cli.Help;

/// <summary>The manual page of a command, from what its help says (man(7)).</summary>
internal static class ManPage
{
    /// <summary>The name of its file without the section: <c>damon-trace-report-heatmap</c>.</summary>
    internal static string NameOf(Command command) => HelpText.FullName(command).Replace(' ', '-');

    internal static void Write(Command command, string version, TextWriter output)
    {
        string name = NameOf(command);
        output.WriteLine($".TH {name.ToUpperInvariant()} 1 \"\" \"damon-trace {version}\" \"User Commands\"");
        output.WriteLine($".SH NAME\n{Text(name)} \\- {Text(command.Description ?? "")}");
        output.WriteLine(".SH SYNOPSIS");
        output.WriteLine(string.Join("\n.br\n", HelpText.UsagesOf(command).Select(Text)));
        WriteEntries(output, "ARGUMENTS", command.Arguments.Where(argument => !argument.Hidden).Select(argument => (argument.Name, argument.Description)));
        WriteEntries(output, "COMMANDS", VisibleCommandsOf(command).Select(sub => (sub.Name, sub.Description)));
        output.WriteLine(".SH OPTIONS");
        foreach ((string title, Option[] options) in HelpText.GroupsOf(command))
        {
            WriteEntries(output, title, options.Select(option => (HelpText.NamesOf(option), option.Description)), ".SS");
        }

        WriteEntries(output, "Help", [("-h, --help", "Show the options and examples.")], ".SS");
        WriteEntries(output, "UNITS", HelpText.UnitsOf(command).Select(unit => (unit.Name, (string?)unit.Text)));
        foreach ((string title, string text) in CommandHelp.Of(command).Notes)
        {
            output.WriteLine($".SH {Text(title.ToUpperInvariant())}\n.nf\n{string.Join('\n', text.Split('\n').Select(Text))}\n.fi");
        }

        WriteEntries(output, "EXAMPLES", CommandHelp.Of(command).Examples.Select(example => (example.Line, (string?)example.Explanation)));
        IEnumerable<Command> related = command.Parents.OfType<Command>().Concat(VisibleCommandsOf(command));
        if (related.Any())
        {
            output.WriteLine($".SH SEE ALSO\n{string.Join(",\n", related.Select(other => $".BR {Text(NameOf(other))} (1)"))}".Replace(",\n", " ,\n", StringComparison.Ordinal));
        }
    }

    internal static IEnumerable<Command> VisibleCommandsOf(Command command) => command.Subcommands.Where(sub => !sub.Hidden);

    private static void WriteEntries(TextWriter output, string title, IEnumerable<(string Name, string? Text)> entries, string macro = ".SH")
    {
        (string Name, string? Text)[] all = [.. entries];
        if (all.Length > 0)
        {
            output.WriteLine($"{macro} {Text(title)}");
        }

        foreach ((string name, string? text) in all)
        {
            output.WriteLine($".TP\n.B {Text(name)}\n{Text(text ?? "")}");
        }
    }

    /// <summary>Text that the formatter prints as it is: no escapes, no requests, and hyphens that can be searched for and copied.</summary>
    private static string Text(string text)
    {
        string escaped = text.Replace("\\", "\\e", StringComparison.Ordinal).Replace("-", "\\-", StringComparison.Ordinal)
            .Replace("\"", "\\(dq", StringComparison.Ordinal).Replace('\n', ' ');
        return escaped is ['.' or '\'', ..] ? "\\&" + escaped : escaped;
    }
}
