namespace Damon.Trace.Cli.Recording;

/// <summary>Why a recording ended.</summary>
internal enum EndCause
{
    /// <summary>Ctrl-C or SIGTERM.</summary>
    Interrupted,

    /// <summary>The config file is read anew; the next recording follows.</summary>
    Reloaded,

    /// <summary>--duration is over.</summary>
    Duration,

    /// <summary>All targets have exited.</summary>
    TargetsExited,

    /// <summary>A file could not be written, e.g. because the disk is full.</summary>
    OutputFailed,

    /// <summary>The reader of the only output closed its pipe.</summary>
    ReaderGone,
}
