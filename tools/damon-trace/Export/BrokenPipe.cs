using Damon.Trace.Exporters.Output;

namespace Damon.Trace.Cli.Export;

/// <summary>Tells the reader of a pipe having gone from other errors of output.</summary>
internal static class BrokenPipe
{
    // errno of asm-generic/errno-base.h.
    private const int EPIPE = 32;

    internal static bool Is(OutputException error) => error.HResult == EPIPE;
}
