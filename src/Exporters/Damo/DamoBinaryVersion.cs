namespace Damon.Trace.Exporters.Damo;

/// <summary>Versions of the binary record; the value is the number in the header.</summary>
public enum DamoBinaryVersion
{
    /// <summary>No header, 8-byte target ids.</summary>
    V0 = 0,

    /// <summary>Header, 4-byte target ids.</summary>
    V1 = 1,

    /// <summary>Header, 8-byte target ids.</summary>
    V2 = 2,
}
