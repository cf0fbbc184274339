namespace Damon.Trace.Exerciser;

/// <summary>The order in which a sweep visits the pages; each page once.</summary>
internal enum SweepPattern
{
    Sequential,
    Random,
}
