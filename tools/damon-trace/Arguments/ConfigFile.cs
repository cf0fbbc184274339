using System.CommandLine;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli.Arguments;

/// <summary>
/// <c>--config FILE</c>: options by their names without the dashes, one a line, <c>key = value</c> or <c>key: value</c>; a flag is <c>true</c> or
/// <c>false</c>. Comments begin with #, at the begin of a line or after a blank. What the command line says wins over it. Read before the command line is parsed, as if its lines stood there.
/// </summary>
internal static class ConfigFile
{
    internal const string Name = "--config";

    private const int LargestLength = 1 << 20;

    /// <summary>For the help: it is taken out before parsing.</summary>
    internal static Option<string?> Option { get; } = new(Name)
    {
        Description = "Read more options from this file: lines such as 'cpu-budget = 1%', named as here without the dashes; # begins a comment. "
            + "Options on the command line take precedence. Default: none.",
        HelpName = "FILE",
    };

    /// <summary>The arguments with those of the file in the place of its name.</summary>
    /// <param name="root">Knows the options of the command.</param>
    /// <param name="arguments">As they were given.</param>
    /// <param name="isAgain">While a recording goes on: a pipe, which nobody may ever write to, is not waited for.</param>
    /// <exception cref="UserErrorException">The file cannot be read, or a line of it is not understood.</exception>
    internal static string[] Expand(RootCommand root, string[] arguments, bool isAgain = false)
    {
        // What comes after -- are options of a command to start.
        int dashes = Array.IndexOf(arguments, "--");
        int end = dashes < 0 ? arguments.Length : dashes;
        int at = Array.FindIndex(arguments, 0, end, IsConfig);
        Command? command = at < 0 ? null : root.Subcommands.FirstOrDefault(command => command.Name == arguments[0] && command.Options.Contains(Option));
        if (command is null)
        {
            return arguments;
        }

        bool isJoined = arguments[at].Length > Name.Length;
        if (!isJoined && at + 1 >= end)
        {
            throw new UserErrorException($"option '{Name}' needs a value", $"name a file: {Name} FILE", ExitCode.Usage);
        }

        string path = isJoined ? arguments[at][(Name.Length + 1)..] : arguments[at + 1];
        string[] given = [.. arguments[..at], .. arguments[(at + (isJoined ? 1 : 2))..end]];
        if (Array.Exists(given, IsConfig))
        {
            throw new UserErrorException($"only one {Name} can be given", "put the options of both into one file", ExitCode.Usage);
        }

        if (isAgain && Path.Exists(path) && !Directory.Exists(path) && !SysStat.IsRegularFile(path))
        {
            throw new UserErrorException($"the config file cannot be read again: {path} is not a file", "put a file there", ExitCode.Usage);
        }

        return [given[0], .. Read(path, root, command, given), .. given[1..], .. arguments[end..]];
    }

    private static IEnumerable<string> Read(string path, RootCommand root, Command command, string[] given)
    {
        string[] lines = Lines(path);
        HashSet<Option> seen = [];
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            int equals = line.IndexOfAny(['=', ':']);
            string key = (equals < 0 ? line : line[..equals]).Trim();
            string value = equals < 0 ? "true" : Value(line[(equals + 1)..].Trim());
            Option option = command.Options.FirstOrDefault(option => option.Name != Name && option.Aliases.Append(option.Name).Contains("--" + key))
                ?? throw Wrong(path, i, $"'{key}' is no option of {command.Name} in a file", Help.Suggestion.Of(key, Names(command)));
            if (!seen.Add(option) && option.Arity.MaximumNumberOfValues == 1)
            {
                throw Wrong(path, i, $"'{key}' is there for the second time", null);
            }

            if (IsGiven(option, given))
            {
                continue;
            }

            bool isFlag = option.ValueType == typeof(bool);
            if (isFlag && value is not ("true" or "false"))
            {
                throw Wrong(path, i, $"'{key}' is true or false, not '{value}'", null);
            }

            if (value.Length == 0)
            {
                throw Wrong(path, i, $"'{key}' has no value", null);
            }

            if (!isFlag)
            {
                ThrowIfRefused(path, i, root, command, option, value);
                yield return option.Name;
                yield return value;
            }
            else if (value == "true")
            {
                yield return option.Name;
            }
        }
    }

    /// <summary>By the option itself, alone: together with all others nobody would know the line any more.</summary>
    private static void ThrowIfRefused(string path, int line, RootCommand root, Command command, Option option, string value)
    {
        if (root.Parse([command.Name, option.Name, value]).GetResult(option)?.Errors.FirstOrDefault() is { } refusal)
        {
            throw Wrong(path, line, refusal.Message.TrimEnd('.'), $"'damon-trace {command.Name} --help' lists what there is");
        }
    }

    /// <summary>Bounded by what is read, not by what the system says of its size: a pipe or a device has none.</summary>
    private static string[] Lines(string path)
    {
        char[] text = new char[LargestLength + 1];
        int length;
        try
        {
            using var file = new StreamReader(path);
            length = file.ReadBlock(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            string reason = Directory.Exists(path) ? "it is a directory" : error.Message;
            throw new UserErrorException($"the config file cannot be read: {reason}", $"name a file: {Name} FILE", ExitCode.Usage);
        }

        return length <= LargestLength
            ? new string(text, 0, length).Split('\n')
            : throw new UserErrorException($"{path} is too large to be a config file", "it has lines such as 'cpu-budget = 1%'", ExitCode.Usage);
    }

    /// <summary>Whether an argument names a config file, or says that the next one does.</summary>
    internal static bool IsConfig(string argument) => argument == Name || argument.StartsWith(Name + "=", StringComparison.Ordinal);

    private static bool IsGiven(Option option, string[] given) => given.Any(argument =>
        option.Aliases.Append(option.Name).Any(name => argument == name || argument.StartsWith(name + "=", StringComparison.Ordinal)));

    /// <summary>Without its quotes, or to a comment: a name that has a # after a blank is quoted.</summary>
    private static string Value(string text)
    {
        int comment = text.IndexOf('#');
        while (comment > 0 && !char.IsWhiteSpace(text[comment - 1]))
        {
            comment = text.IndexOf('#', comment + 1);
        }

        return text is ['"', .., '"'] or ['\'', .., '\''] ? text[1..^1] : comment < 0 ? text : Value(text[..comment].Trim());
    }

    private static IEnumerable<string> Names(Command command) => command.Options.Where(static option => !option.Hidden && option.Name != Name).Select(static option => option.Name[2..]);

    private static UserErrorException Wrong(string path, int line, string problem, string? hint) => new(
        $"{path}, line {line + 1}: {problem}", hint ?? "options are named as in --help, without the dashes: cpu-budget = 1%", ExitCode.Usage);
}
