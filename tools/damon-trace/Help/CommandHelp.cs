using System.CommandLine;
using System.Runtime.CompilerServices;

namespace Damon.Trace.Cli.Help;

/// <summary>What the help of a command says beside its options: how they belong together, and examples.</summary>
internal sealed class CommandHelp
{
    private static readonly ConditionalWeakTable<Command, CommandHelp> s_known = [];

    private readonly List<(string Title, Option[] Options)> _groups = [];
    private readonly List<(string Line, string Explanation)> _examples = [];
    private readonly List<(string Title, string Text)> _notes = [];

    /// <summary>What follows the command's name in its usage, one for each way to use it; empty to derive it.</summary>
    internal IReadOnlyList<string> Usage { get; private set; } = [];

    internal IReadOnlyList<(string Title, Option[] Options)> Groups => _groups;

    internal IReadOnlyList<(string Line, string Explanation)> Examples => _examples;

    /// <summary>What else must be known, line by line; no line is wrapped.</summary>
    internal IReadOnlyList<(string Title, string Text)> Notes => _notes;

    /// <summary>The help of a command, to be filled in where it is created.</summary>
    internal static CommandHelp Of(Command command) => s_known.GetOrCreateValue(command);

    internal CommandHelp WithUsage(params string[] usage)
    {
        Usage = usage;
        return this;
    }

    /// <summary>Options that are shown under a title of their own, in this order.</summary>
    internal CommandHelp WithGroup(string title, params Option[] options)
    {
        _groups.Add((title, options));
        return this;
    }

    /// <summary>Adds an option to a group that is there already.</summary>
    internal CommandHelp WithOption(string title, Option option)
    {
        int i = _groups.FindIndex(group => group.Title == title);
        _groups[i] = (title, [.. _groups[i].Options, option]);
        return this;
    }

    internal CommandHelp WithNote(string title, string text)
    {
        _notes.Add((title, text));
        return this;
    }

    internal CommandHelp WithExample(string line, string explanation)
    {
        _examples.Add((line, explanation));
        return this;
    }
}
