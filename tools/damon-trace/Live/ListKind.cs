namespace Damon.Trace.Cli.Live;

/// <summary>What the list of the view shows.</summary>
internal enum ListKind
{
    /// <summary>Mappings where hot and cold memory is known, else the hottest ranges.</summary>
    Chosen,

    /// <summary>A line per mapping.</summary>
    Mappings,

    /// <summary>The hottest ranges.</summary>
    Hottest,

    /// <summary>The coldest ranges.</summary>
    Coldest,
}
