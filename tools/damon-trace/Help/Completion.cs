using System.CommandLine;
using System.CommandLine.Completions;
using System.CommandLine.Help;

namespace Damon.Trace.Cli.Help;

/// <summary>Completion for a shell: its commands, their options, and the values of options that take one of a few. Else names of files.</summary>
internal static class Completion
{
    /// <summary>For bash 4 and later.</summary>
    internal static void WriteBash(Command root, TextWriter output)
    {
        output.Write($$"""
            # Completion for damon-trace in bash, made by: damon-trace completion bash
            _damon_trace() {
                local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} path='' words='' i
                COMPREPLY=()
                for ((i = 1; i < COMP_CWORD; i++)); do
                    [[ ${COMP_WORDS[i]} == -- ]] && return
                    case $path/${COMP_WORDS[i]} in
                        {{string.Join('|', PathsOf(root))}}) path+=/${COMP_WORDS[i]} ;;
                    esac
                done
                case $path:$previous in

            """);
        foreach ((string path, Command command) in AllOf(root))
        {
            foreach (Option option in OptionsOf(command).Where(option => ValuesOf(option).Length > 0))
            {
                string patterns = string.Join('|', NamesOf(option).Select(name => $"{path}:{name}"));
                output.WriteLine($"        {patterns}) COMPREPLY=($(compgen -W '{string.Join(' ', ValuesOf(option))}' -- \"$current\")); return ;;");
            }
        }

        output.WriteLine("    esac\n    case $path in");
        foreach ((string path, Command command) in AllOf(root))
        {
            IEnumerable<string> words = ManPage.VisibleCommandsOf(command).Select(sub => sub.Name).Concat(OptionsOf(command).SelectMany(NamesOf));
            output.WriteLine($"        {(path.Length == 0 ? "''" : path)}) words='{string.Join(' ', words)}' ;;");
        }

        output.WriteLine("    esac\n    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n}\ncomplete -o default -F _damon_trace damon-trace");
    }

    internal static void WriteZsh(Command root, TextWriter output)
    {
        output.Write($$"""
            #compdef damon-trace
            # Completion for damon-trace in zsh, made by: damon-trace completion zsh
            local where='' i
            local -a commands options values
            for ((i = 2; i < CURRENT; i++)); do
                [[ $words[i] == -- ]] && { _normal; return }
                case $where/$words[i] in
                    ({{string.Join('|', PathsOf(root))}}) where+=/$words[i] ;;
                esac
            done
            case $where:$words[CURRENT-1] in

            """);
        foreach ((string path, Command command) in AllOf(root))
        {
            foreach (Option option in OptionsOf(command).Where(option => ValuesOf(option).Length > 0))
            {
                string patterns = string.Join('|', NamesOf(option).Select(name => $"{path}:{name}"));
                output.WriteLine($"    ({patterns}) values=({string.Join(' ', ValuesOf(option))}) ;;");
            }
        }

        output.WriteLine("esac\ncase $where in");
        foreach ((string path, Command command) in AllOf(root))
        {
            IEnumerable<string> commands = ManPage.VisibleCommandsOf(command).Select(sub => Described(sub.Name, sub.Description));
            IEnumerable<string> options = OptionsOf(command).SelectMany(option => NamesOf(option).Select(name => Described(name, option.Description)));
            output.WriteLine($"    ({(path.Length == 0 ? "''" : path)})");
            output.WriteLine($"        commands=({string.Join(' ', commands)})");
            output.WriteLine($"        options=({string.Join(' ', options)}) ;;");
        }

        output.WriteLine("""
            esac
            if (( $#values )); then
                compadd -a values
            elif [[ $words[CURRENT] == -* ]]; then
                _describe option options
            elif (( $#commands )); then
                _describe command commands
            else
                _files
            fi
            """);
    }

    private static IEnumerable<(string Path, Command Command)> AllOf(Command command, string path = "") =>
        ManPage.VisibleCommandsOf(command).SelectMany(sub => AllOf(sub, $"{path}/{sub.Name}")).Prepend((path, command));

    private static IEnumerable<string> PathsOf(Command root) => AllOf(root).Select(known => known.Path).Where(path => path.Length > 0);

    private static IEnumerable<Option> OptionsOf(Command command)
    {
        Option[] own = [.. command.Options.Where(option => !option.Hidden)];
        return own.Any(option => option is HelpOption) ? own : own.Append(new HelpOption());
    }

    private static IEnumerable<string> NamesOf(Option option) =>
        option.Aliases.Append(option.Name).Where(name => name.StartsWith('-') && !name.Contains('?', StringComparison.Ordinal)).Distinct();

    private static string[] ValuesOf(Option option) =>
        option is HelpOption || option.ValueType == typeof(bool) ? [] : [.. option.GetCompletions(CompletionContext.Empty).Select(item => item.Label)];

    private static string Described(string name, string? description) =>
        $"'{name}:{(description ?? "").Replace("'", "'\\''", StringComparison.Ordinal).Replace('\n', ' ')}'";
}
