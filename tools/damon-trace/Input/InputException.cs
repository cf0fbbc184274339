using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Cli.Input;

/// <summary>An input cannot be opened or read. The message names it and is meant for the user.</summary>
internal sealed class InputException : DamonTraceException
{
    internal InputException(string message, string hint)
        : base(message, hint)
    {
    }

    /// <summary>What an exception of .NET says of an input.</summary>
    internal static InputException Of(string name, Exception error) => error switch
    {
        InputException input => input,
        FileNotFoundException or DirectoryNotFoundException => new InputException(
            $"there is no file '{name}'", "name the recording as an argument or with -i; without a name it is damon.nettrace in the current directory"),
        UnauthorizedAccessException when name == RecordingInput.StandardInputName => new InputException(
            "standard input is closed", "< FILE opens it; or name the recording"),
        UnauthorizedAccessException when Directory.Exists(name) => IsDirectory(name),
        UnauthorizedAccessException => new InputException($"cannot read '{name}': permission denied", "read it as its owner or as root"),
        _ => new InputException(
            $"cannot read '{name}': {(error.HResult is > 0 and < 256 ? Marshal.GetPInvokeErrorMessage(error.HResult) : error.Message)}",
            name == RecordingInput.StandardInputName ? "it may have been closed: < FILE opens it" : "check the file and the disk it is on"),
    };

    internal static InputException IsDirectory(string name) => new($"cannot read '{name}': it is a directory", "name a recording in it");
}
