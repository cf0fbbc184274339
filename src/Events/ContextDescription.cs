namespace Damon.Trace.Events;

/// <summary>How a kdamond obtains its numbers: the payload of <c>damon_trace_context</c>.</summary>
/// <param name="Attributes">Intervals and bounds in force.</param>
/// <param name="Kdamond">Name of the worker thread, e.g. <c>kdamond.0</c>; the comm of the text.</param>
/// <param name="Operations">Address space: <c>vaddr</c>, <c>fvaddr</c> or <c>paddr</c>.</param>
/// <param name="AccessCheck">How the accessed bit is obtained, e.g. <c>access-bits</c>.</param>
/// <param name="Labels">What must be known to read the numbers: <c>key=value</c> pairs separated by blanks.</param>
public sealed record ContextDescription(
    ContextAttributes Attributes, string Kdamond, string Operations, string AccessCheck, string Labels)
{
    /// <summary>The access check of relayed snapshots: the kernel's own, whichever that is.</summary>
    public const string KernelAccessCheck = "kernel";
}
