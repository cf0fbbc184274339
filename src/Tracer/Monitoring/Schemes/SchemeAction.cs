namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>What is done to memory whose accesses match a pattern (enum damos_action, include/linux/damon.h, and what only user space can do).</summary>
public enum SchemeAction
{
    /// <summary>Only counts.</summary>
    Stat,

    /// <summary>Reclaims: out to swap, or out of the page cache.</summary>
    PageOut,

    /// <summary>Makes it the first to be reclaimed when memory gets short.</summary>
    Cold,

    /// <summary>Reads it back into memory before it is needed.</summary>
    WillNeed,

    /// <summary>Makes huge pages of it now.</summary>
    Collapse,

    /// <summary>Breaks its huge pages up, so that their untouched parts are given back. No action of the kernel's does.</summary>
    Demote,

    /// <summary>Lets khugepaged make huge pages of it some time: only for oneself, or through the kernel's DAMON.</summary>
    HugePage,

    /// <summary>Keeps khugepaged away from it: only for oneself, or through the kernel's DAMON.</summary>
    NoHugePage,

    /// <summary>Moves it to another memory node, hottest first.</summary>
    MigrateHot,

    /// <summary>Moves it to another memory node, coldest first.</summary>
    MigrateCold,

    /// <summary>Calls a program's own code.</summary>
    Custom,
}
