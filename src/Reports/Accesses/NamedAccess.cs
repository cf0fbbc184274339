namespace Damon.Trace.Reports.Accesses;

/// <summary>A sampled access whose code has a name.</summary>
/// <param name="Range">Number of the range of memory it belongs to.</param>
/// <param name="Address">The memory.</param>
/// <param name="Function">The function, or module and offset where there is no symbol.</param>
/// <param name="Module">The file the code is from.</param>
/// <param name="Tid">The thread.</param>
/// <param name="IsWrite">Null where it is not known.</param>
/// <param name="IsKernel">Made by the kernel for the thread.</param>
/// <param name="Probe">The look that saw it.</param>
/// <param name="Weight">What it stands for.</param>
/// <param name="Stack">Its callers, innermost first; empty where there are no frame pointers.</param>
public readonly record struct NamedAccess(
    int Range, ulong Address, string Function, string Module, int Tid, bool? IsWrite, bool IsKernel, long Probe, double Weight, IReadOnlyList<string> Stack);
