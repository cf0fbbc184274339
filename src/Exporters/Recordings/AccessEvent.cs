using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>What an <see cref="AccessEvent"/> says.</summary>
public enum AccessEventKind : byte
{
    /// <summary>An access.</summary>
    Access,

    /// <summary>What sampling a target came to so far.</summary>
    Sampler,

    /// <summary>Which memory of a target is mapped by huge pages.</summary>
    HugePages,

    /// <summary>What was seen of huge pages that were split for a while.</summary>
    SplitPages,
}

/// <summary>An access that was sampled, with its stack and the name of its thread; or what is known of sampling them.</summary>
public struct AccessEvent
{
    /// <summary>Which of the fields are set.</summary>
    public AccessEventKind Kind;

    /// <summary>Of <see cref="AccessEventKind.Access"/>.</summary>
    public AccessRecord Access;

    /// <summary>Of an access: its code and callers. The same instance for the same stack; null where that was not sampled, or was lost.</summary>
    public StackDescription? Stack;

    /// <summary>Of an access: the name of its thread; null where it is not known.</summary>
    public string? Thread;

    /// <summary>Of <see cref="AccessEventKind.Sampler"/>.</summary>
    public AccessSamplerState? Sampler;

    /// <summary>Of <see cref="AccessEventKind.HugePages"/>.</summary>
    public HugePages HugePages;

    /// <summary>Of huge pages: ascending and disjoint.</summary>
    public IReadOnlyList<HugePageRun>? Runs;

    /// <summary>Of <see cref="AccessEventKind.SplitPages"/>.</summary>
    public SplitHugePages Split;

    /// <summary>Of split pages.</summary>
    public IReadOnlyList<SplitHugePage>? Pages;

    /// <summary>The target it is about.</summary>
    public readonly ulong TargetId => Kind switch
    {
        AccessEventKind.Access => Access.TargetId,
        AccessEventKind.Sampler => Sampler!.Counts.TargetId,
        AccessEventKind.SplitPages => Split.TargetId,
        _ => HugePages.TargetId,
    };

    /// <summary>Its time, in nanoseconds of the recording's clock.</summary>
    public readonly long TimeNs => (long)(Kind switch
    {
        AccessEventKind.Access => Access.TimeNs,
        AccessEventKind.Sampler => Sampler!.Counts.TimeNs,
        AccessEventKind.SplitPages => Split.TimeNs,
        _ => HugePages.TimeNs,
    });
}
