namespace Damon.Trace.Cli.Doctor;

/// <summary>
/// Everything doctor found out. It is also the shape of <c>doctor --json</c>, with snake_case names: fields are added, never renamed or
/// removed, within one <see cref="Schema"/>.
/// </summary>
/// <param name="Schema">Version of the shape: 1.</param>
/// <param name="Kernel">The running kernel.</param>
/// <param name="Distribution">PRETTY_NAME of os-release(5).</param>
/// <param name="AccessCheck">What <c>record --check auto</c> would take.</param>
/// <param name="AccessChecks">All access checks, best first.</param>
/// <param name="KernelDamon">The kernel's own DAMON.</param>
/// <param name="Features">What else matters.</param>
internal sealed record MachineReport(
    int Schema, KernelReport Kernel, string Distribution, ChoiceReport AccessCheck, IReadOnlyList<CheckReport> AccessChecks,
    KernelDamonReport KernelDamon, IReadOnlyList<FeatureReport> Features);

/// <param name="Release">As uname -r prints it.</param>
/// <param name="Architecture">For example <c>x64</c>.</param>
/// <param name="Config">The file that tells its options; null when there is none.</param>
internal sealed record KernelReport(string Release, string Architecture, string? Config);

/// <param name="Chosen">Name of the access check; null when none works.</param>
/// <param name="Why">What speaks for it.</param>
/// <param name="Better">Better ones that do not work here, best first.</param>
internal sealed record ChoiceReport(string? Chosen, string Why, IReadOnlyList<BetterReport> Better);

/// <param name="Name">A better access check.</param>
/// <param name="Reason">Why it does not work here.</param>
/// <param name="Help">How to get it here; null when nothing helps.</param>
internal sealed record BetterReport(string Name, string Reason, string? Help);

/// <param name="Name">As in <c>--check NAME</c>.</param>
/// <param name="Available">Whether it can work here, as far as looking tells.</param>
/// <param name="Promise">What it gives.</param>
/// <param name="Auto">Whether <c>--check auto</c> may take it.</param>
/// <param name="Reason">Why not, when not available.</param>
/// <param name="Help">What would help.</param>
/// <param name="Unproved">What it was never run on and yet would try here; null when this kind of machine was proved.</param>
internal sealed record CheckReport(
    string Name, bool Available, string Promise, bool Auto, string? Reason, string? Help, string? Unproved);

/// <param name="State"><c>free</c>, <c>recording</c> (by damon-trace), <c>left-behind</c> (by damon-trace), <c>in-use</c>, <c>unavailable</c>.</param>
/// <param name="Description">The same for people.</param>
/// <param name="CanDrive">Whether <c>record --kernel -p</c> would be let in.</param>
/// <param name="Help">What would help, when not.</param>
/// <param name="Operations">Each operations set: whether the kernel was built with it, as far as is known.</param>
internal sealed record KernelDamonReport(
    string State, string Description, bool CanDrive, string? Help, IReadOnlyList<OperationsReport> Operations);

/// <param name="Name"><c>vaddr</c>, <c>fvaddr</c> or <c>paddr</c>.</param>
/// <param name="Built">Whether the kernel was built with it; null when nothing tells.</param>
/// <param name="Help">How to get it here, when not.</param>
internal sealed record OperationsReport(string Name, bool? Built, string? Help);

/// <param name="Name">What was looked for.</param>
/// <param name="Available">Whether it is there.</param>
/// <param name="Detail">What it gives.</param>
/// <param name="Reason">Why it is not there.</param>
/// <param name="Help">What would help.</param>
internal sealed record FeatureReport(string Name, bool Available, string Detail, string? Reason, string? Help);
