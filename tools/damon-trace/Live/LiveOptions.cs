namespace Damon.Trace.Cli.Live;

/// <summary>How the view looks and when it ends.</summary>
/// <param name="Window">Time from the left to the right edge of the heatmap.</param>
/// <param name="Duration">End after this time; null: until q or Ctrl-C.</param>
/// <param name="Colour">auto, never, 256 or truecolor.</param>
internal sealed record LiveOptions(TimeSpan Window, TimeSpan? Duration, string Colour);
