namespace Damon.Trace.Reports;

/// <summary>A value over time as rows of bars: a line for each stretch of time, with the mean and the largest value in it.</summary>
internal static class TimeBars
{
    private const int MaxRows = 24;

    /// <param name="points">Moments in time order, nanoseconds of the recording's clock, and values.</param>
    /// <param name="time">How moments are written.</param>
    /// <param name="size">How a value is written, at most 13 characters.</param>
    /// <param name="columns">Width of the bars.</param>
    /// <param name="output">Where to.</param>
    public static void Write(
        IReadOnlyList<(long Ns, ulong Value)> points, ReportTime time, Func<double, string> size, int columns, TextWriter output)
    {
        ulong largest = Math.Max(1, points.Max(point => point.Value));
        output.WriteLine($"  {time.Unit}");
        output.WriteLine($"  {"until",12}          mean        at most  bar: mean of {size(largest).Trim()}");
        foreach ((int first, int count) in TimeStretches.Divide(points, point => point.Ns, MaxRows))
        {
            double sum = 0;
            ulong most = 0;
            for (int i = first; i < first + count; i++)
            {
                sum += points[i].Value;
                most = Math.Max(most, points[i].Value);
            }

            double mean = sum / count;
            string bar = new string('*', (int)(mean * columns / largest)).PadRight(columns);
            output.WriteLine($"  {time.Short(points[first + count - 1].Ns),12} {size(mean),13}  {size(most),13}  |{bar}|");
        }
    }
}
