namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Tells which addresses of a target can be accessed at all. Asked at start and at every regions update, by the kdamond only.</summary>
public interface IAddressSpace
{
    /// <summary>Reads the mapped ranges in address order, adjacent mappings apart.</summary>
    /// <param name="ranges">Emptied and filled.</param>
    /// <returns>False when the target is gone or its mappings cannot be read now: keep the regions as they are.</returns>
    bool TryReadMappings(List<AddressRange> ranges);
}
