namespace Damon.Trace.Exporters.Damo;

/// <summary>What a number of damo's json counts, and so which units its text may carry.</summary>
internal enum DamoUnit
{
    /// <summary>Something counted: no unit.</summary>
    None,

    /// <summary>Bytes; KiB, MiB, ... are powers of 1024, and so are K, KB, M, MB, ...</summary>
    Bytes,

    /// <summary>Nanoseconds where no unit is written.</summary>
    Nanoseconds,

    /// <summary>Microseconds where no unit is written.</summary>
    Microseconds,

    /// <summary>Hundredths.</summary>
    Percent,
}
