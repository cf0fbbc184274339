namespace Damon.Trace.Tracer.Monitoring;

/// <summary>Half-open interval of addresses, [Start, End).</summary>
public readonly record struct AddressRange(ulong Start, ulong End)
{
    /// <summary>Length in bytes.</summary>
    public ulong Size => End - Start;
}
