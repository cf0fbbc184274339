namespace Damon.Trace.Cli.Live;

/// <summary>What the keys do and what the characters mean: the page of <c>?</c>.</summary>
internal static class LiveHelp
{
    internal static IReadOnlyList<string> Lines { get; } =
    [
        "damon-trace live: keys",
        "  q         end; Ctrl-C likewise",
        "  ?         this page, and back",
        "  p, space  pause, and go on",
        "  m         a line per mapping: resident, hot, cold, unknown",
        "  h         the hottest ranges",
        "  c         the coldest ranges, and back",
        "  s         sort the list by its next column",
        "  t         the next target",
        "",
        "heatmap: . not accessed, 1 to 9 heat, ? unknown, blank no memory or no data",
        "hot       accessed within the time that is said; cold: idle for longer",
        "unknown   nothing can tell whether it was accessed: never hot, never cold",
        "hot + cold + unknown = resident; never populated memory is none of them",
    ];
}
