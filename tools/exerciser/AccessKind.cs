namespace Damon.Trace.Exerciser;

/// <summary>How memory is touched.</summary>
internal enum AccessKind
{
    Read,
    Write,
    Both,
}
