namespace Damon.Trace.Accuracy.Programs;

/// <summary>A real program's memory by the kernel and by a recording, bytes for each of <see cref="Recording.Times"/>.</summary>
internal sealed record ProgramScore(double[] TruthBytes, Estimate?[] Within, double DamoBytes, double OwnCpu, string Remark);
