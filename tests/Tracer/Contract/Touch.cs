namespace Damon.Trace.Tracer.Tests.Contract;

/// <summary>How a contract's target touches its hot memory.</summary>
public enum Touch
{
    Read,
    Write,
}
