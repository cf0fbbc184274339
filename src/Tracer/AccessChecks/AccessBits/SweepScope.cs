namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What a sweep covers.</summary>
internal enum SweepScope : byte
{
    /// <summary>There was none.</summary>
    None,

    /// <summary>File mappings, shared memory included: private anonymous memory, usually the most and the hottest, is not disturbed.</summary>
    Files,

    /// <summary>Everything.</summary>
    All,
}
