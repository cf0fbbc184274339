namespace Damon.Trace.Reports.Pictures;

/// <summary>The states of the mappings of one name, or of several that are small, at each look.</summary>
/// <param name="Name">For people.</param>
/// <param name="Points">One per look, in order of time.</param>
internal sealed record MappingStates(string Name, StatePoint[] Points)
{
    /// <summary>At the latest look.</summary>
    public StatePoint Latest => Points[^1];

    public ulong MostResident => Points.Max(point => point.Resident);
}
