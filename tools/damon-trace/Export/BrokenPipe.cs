namespace Damon.Trace.Cli.Export;

/// <summary>Tells the reader of a pipe having gone from other errors of output.</summary>
internal static class BrokenPipe
{
    // errno of asm-generic/errno-base.h; .NET hands it over as the exception's HResult.
    private const int EPIPE = 32;

    internal static bool Is(IOException error) => error.HResult == EPIPE;
}
