using Damon.Trace.Events;

namespace Damon.Trace.Tracer.Kernel;

/// <summary>The kernel is about to apply a scheme to a region: the fields of its <c>damos_before_apply</c>.</summary>
/// <param name="ContextIndex">Index of the context in its kdamond.</param>
/// <param name="SchemeIndex">Index of the scheme in its context.</param>
/// <param name="Region">The region; its TargetId is the event's target_idx.</param>
public readonly record struct KernelBeforeApply(uint ContextIndex, uint SchemeIndex, DamonAggregated Region);
