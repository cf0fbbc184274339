using System.CommandLine;

namespace Damon.Trace.Cli.Arguments;

/// <summary><c>-i FILE</c>: the recording to read.</summary>
internal static class InputOption
{
    internal static Option<string> Create() => new("--input", "-i")
    {
        Description = "Recording to read: .nettrace, perf.data, perf-script text or damo's files, recognised by content; - is stdin. Default: damon.nettrace.",
        DefaultValueFactory = _ => "damon.nettrace",
        HelpName = "FILE",
    };
}
