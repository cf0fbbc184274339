namespace Damon.Trace.Cli.DotNet;

/// <summary>How the generations of a .NET target's heap become known.</summary>
internal enum DotNetNames
{
    /// <summary>Not at all: no session in the target.</summary>
    None,

    /// <summary>From the events of each garbage collection the target makes anyway.</summary>
    Passive,

    /// <summary>As <see cref="Passive"/>, after one full collection that the session asks for, so that names are there at once.</summary>
    Collect,
}
