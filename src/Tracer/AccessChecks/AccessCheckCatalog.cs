using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>All access checks of this build, best first.</summary>
public static class AccessCheckCatalog
{
    /// <summary>The name that stands for the best one that works.</summary>
    public const string Auto = "auto";

    /// <summary>In the order in which <see cref="Auto"/> tries them.</summary>
    public static IReadOnlyList<AccessCheckKind> ByPreference { get; } = [new AccessBitsKind(), new ReferencedMappingsKind()];

    /// <summary>The access check of a name; null when there is none.</summary>
    public static AccessCheckKind? Find(string name) => ByPreference.FirstOrDefault(kind => kind.Name == name);
}
