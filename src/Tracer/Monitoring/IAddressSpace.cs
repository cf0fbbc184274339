namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Tells which addresses of a target can be accessed at all. Asked at start and at every regions update, by the kdamond only.</summary>
public interface IAddressSpace
{
    /// <summary>Reads the mapped ranges in address order, adjacent mappings apart.</summary>
    /// <param name="ranges">Emptied and filled.</param>
    /// <returns>False when the target is gone or its mappings cannot be read now: keep the regions as they are.</returns>
    bool TryReadMappings(List<AddressRange> ranges);

    /// <summary>
    /// Reads the ranges that hold memory now (present pages, the zero page left out), page aligned, ascending and disjoint, inside the mappings of
    /// the latest <see cref="TryReadMappings"/>. May repeat an earlier answer while a new one would cost too much.
    /// </summary>
    /// <param name="ranges">Emptied and filled.</param>
    /// <returns>False when the kernel cannot be asked: then all that is mapped may hold memory.</returns>
    bool TryReadPopulated(List<AddressRange> ranges) => false;
}
