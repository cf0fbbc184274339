namespace Damon.Trace.Cli;

/// <summary>Exit codes of the program, documented in docs/command-line.md.</summary>
internal static class ExitCode
{
    internal const int Ok = 0;
    internal const int TargetGone = 1;
    internal const int Usage = 2;
    internal const int NoAccessCheck = 3;
    internal const int OutputFailed = 4;
    internal const int BadInput = 5;
    internal const int Bug = 70;
}
