using System.CommandLine;
using System.CommandLine.Help;

namespace Damon.Trace.Cli.Help;

/// <summary>Help in 80 columns: usage, options in groups, examples.</summary>
internal static class HelpText
{
    internal const int Columns = 80;

    private const int NameColumns = 26;
    private const string Indent = "  ";

    private static readonly (string Name, string Text)[] s_units =
    [
        ("TIME", "is 500us, 5ms, 1s, 2min or 1h; a bare number is seconds"),
        ("SIZE", "is bytes, or 4K, 2M, 1G: powers of 1024"),
        ("PERCENT", "is 1%, 0.1%, ...; a bare number is per cent"),
    ];

    internal static void Write(Command command, TextWriter output)
    {
        var help = CommandHelp.Of(command);
        string prefix = "Usage: ";
        foreach (string usage in UsagesOf(command))
        {
            WriteWrapped(output, prefix, prefix.Length, usage);
            prefix = "   or: ";
        }

        output.WriteLine();
        WriteWrapped(output, "", 0, command.Description ?? "");
        WriteArguments(command, output);
        WriteCommands(command, output);
        foreach ((string title, Option[] options) in GroupsOf(command))
        {
            WriteGroup(output, title, options);
        }

        WriteUnits(command, output);
        foreach ((string title, string text) in help.Notes)
        {
            output.WriteLine();
            output.WriteLine(title + ":");
            foreach (string line in text.Split('\n'))
            {
                output.WriteLine((Indent + line).TrimEnd());
            }
        }

        if (help.Examples.Count > 0)
        {
            output.WriteLine();
            output.WriteLine("Examples:");
            foreach ((string line, string explanation) in help.Examples)
            {
                WriteWrapped(output, Indent, Indent.Length, line);
                WriteWrapped(output, "      ", 6, explanation);
            }
        }

        if (command.Subcommands.Any(sub => !sub.Hidden))
        {
            output.WriteLine();
            output.WriteLine($"'{FullName(command)} COMMAND --help' shows the options of a command.");
        }
    }

    /// <summary>Writes words after a prefix, going on below their start where a line is full.</summary>
    internal static void WriteWrapped(TextWriter output, string prefix, int indent, string text)
    {
        string line = prefix;
        bool empty = true;
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!empty && line.Length + 1 + word.Length > Columns)
            {
                output.WriteLine(line);
                line = new string(' ', indent);
                empty = true;
            }

            line += empty ? word : " " + word;
            empty = false;
        }

        output.WriteLine(line.TrimEnd());
    }

    internal static string FullName(Command command)
    {
        string name = command is RootCommand ? "damon-trace" : command.Name;
        return command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? $"{FullName(parent)} {name}" : name;
    }

    /// <summary>The ways to use a command, one line each.</summary>
    internal static IEnumerable<string> UsagesOf(Command command)
    {
        IReadOnlyList<string> usages = CommandHelp.Of(command).Usage;
        return (usages.Count > 0 ? usages : [DeriveUsage(command)]).Select(usage => $"{FullName(command)} {usage}");
    }

    /// <summary>The options that are shown, each under one title.</summary>
    internal static IEnumerable<(string Title, Option[] Options)> GroupsOf(Command command)
    {
        IReadOnlyList<(string Title, Option[] Options)> groups = CommandHelp.Of(command).Groups;
        HashSet<Option> grouped = [.. groups.SelectMany(group => group.Options)];
        Option[] others = [.. command.Options.Where(option => !option.Hidden && !grouped.Contains(option) && option is not HelpOption)];
        return others.Length == 0 ? groups : groups.Append((groups.Count > 0 ? "Other options" : "Options", others));
    }

    /// <summary>What the values of a command's options may be, by the name that stands for them.</summary>
    internal static IEnumerable<(string Name, string Text)> UnitsOf(Command command) =>
        s_units.Where(unit => command.Options.Any(option => !option.Hidden && option.HelpName == unit.Name));

    /// <summary>Short name first; then what it takes.</summary>
    internal static string NamesOf(Option option)
    {
        string names = string.Join(", ", option.Aliases.Where(alias => alias.Length == 2).Append(option.Name));
        return option.HelpName is { } value ? $"{names} {value}" : names;
    }

    private static string DeriveUsage(Command command) => string.Join(' ', ((string[])
    [
        command.Subcommands.Any(sub => !sub.Hidden) ? "COMMAND" : "",
        "[OPTIONS]",
        .. command.Arguments.Where(argument => !argument.Hidden).Select(argument =>
            argument.Arity.MinimumNumberOfValues > 0 ? argument.Name : $"[{argument.Name}]"),
    ]).Where(part => part.Length > 0));

    private static void WriteArguments(Command command, TextWriter output)
    {
        foreach (Argument argument in command.Arguments.Where(argument => !argument.Hidden))
        {
            output.WriteLine();
            WriteEntry(output, argument.Name, argument.Description ?? "");
        }
    }

    private static void WriteCommands(Command command, TextWriter output)
    {
        Command[] commands = [.. command.Subcommands.Where(sub => !sub.Hidden)];
        if (commands.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("Commands:");
        foreach (Command sub in commands)
        {
            WriteEntry(output, sub.Name, sub.Description ?? "");
        }
    }

    /// <summary>What is common to the values of several options.</summary>
    private static void WriteUnits(Command command, TextWriter output)
    {
        (string Name, string Text)[] used = [.. UnitsOf(command)];
        if (used.Length > 0)
        {
            output.WriteLine();
            foreach ((string name, string text) in used)
            {
                WriteWrapped(output, name + " ", name.Length + 1, text + ".");
            }
        }
    }

    private static void WriteGroup(TextWriter output, string title, Option[] options)
    {
        output.WriteLine();
        output.WriteLine($"{title}:");
        foreach (Option option in options)
        {
            WriteEntry(output, NamesOf(option), option.Description ?? "");
        }
    }

    private static void WriteEntry(TextWriter output, string name, string description)
    {
        string head = Indent + name;
        if (head.Length + 2 > NameColumns)
        {
            WriteWrapped(output, head, 0, "");
            head = "";
        }

        WriteWrapped(output, head.PadRight(NameColumns), NameColumns, description);
    }
}
