namespace Damon.Trace.Cli.Live;

/// <summary>What colours the terminal can show.</summary>
internal enum ColourMode
{
    /// <summary>None: digits alone tell the heat.</summary>
    None,

    /// <summary>The 256 colours of xterm.</summary>
    Indexed,

    /// <summary>24-bit colours.</summary>
    Truecolor,
}
