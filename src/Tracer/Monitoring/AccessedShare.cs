namespace Damon.Trace.Tracer.Monitoring;

/// <summary>What samples say of a range's memory, or of one kind of page in it.</summary>
/// <param name="Samples">Valid samples behind it; 0: nothing is known.</param>
/// <param name="Accessed">Share of it that was accessed.</param>
/// <param name="Variance">Variance of that share.</param>
internal readonly record struct AccessedShare(double Samples, double Accessed, double Variance);
