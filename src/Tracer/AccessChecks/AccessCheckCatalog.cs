using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.AccessChecks.HardwareSamples;
using Damon.Trace.Tracer.AccessChecks.IdlePages;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;
using Damon.Trace.Tracer.AccessChecks.SoftDirty;
using Damon.Trace.Tracer.AccessChecks.WrittenPages;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>All access checks of this build, best first.</summary>
public static class AccessCheckCatalog
{
    /// <summary>The name that stands for the best one that works.</summary>
    public const string Auto = "auto";

    /// <summary>
    /// In the order in which <see cref="Auto"/> tries them, then those it never chooses: they see writes only, or only what was sampled.
    /// </summary>
    public static IReadOnlyList<AccessCheckKind> ByPreference { get; } =
    [
        new AccessBitsKind(), new IdlePagesKind(), new ReferencedMappingsKind(),
        new HardwareSamplesKind(), new WrittenPagesKind(), new SoftDirtyKind(),
    ];

    /// <summary>The access check of a name; null when there is none.</summary>
    public static AccessCheckKind? Find(string name) => ByPreference.FirstOrDefault(kind => kind.Name == name);
}
