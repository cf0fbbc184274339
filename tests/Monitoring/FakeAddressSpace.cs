namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Mappings a test can change.</summary>
internal sealed class FakeAddressSpace(string mappings) : IAddressSpace
{
    public string Mappings { get; set; } = mappings;

    public bool IsReadable { get; set; } = true;

    public int NrReads { get; private set; }

    public bool TryReadMappings(List<AddressRange> ranges)
    {
        NrReads++;
        ranges.Clear();
        ranges.AddRange(Notation.Ranges(Mappings));
        return IsReadable;
    }
}
