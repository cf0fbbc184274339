using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Cli.Doctor;

/// <summary>One line of the doctor's table.</summary>
/// <param name="Name">What was looked for.</param>
/// <param name="Capability">Whether it is there; else why not and what would help.</param>
/// <param name="Detail">What it gives, when it is there.</param>
internal sealed record Finding(string Name, Capability Capability, string Detail);
