namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>What proves that a kdamond is ours: noted right after it was created, gone when it is.</summary>
/// <param name="BootId">The boot it belongs to.</param>
/// <param name="RecorderPid">The damon-trace that created it.</param>
/// <param name="RecorderStartTicks">Its start time in clock ticks after boot: with the pid it names one process.</param>
/// <param name="Identity">Identity of the directory <c>kdamonds/0</c>; a kdamond that somebody else creates has another one.</param>
/// <param name="KdamondTid">Thread id of the kdamond; 0 before it was switched on.</param>
internal sealed record Ownership(string BootId, int RecorderPid, ulong RecorderStartTicks, ulong Identity, int KdamondTid);
