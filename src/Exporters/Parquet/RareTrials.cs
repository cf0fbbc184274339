namespace Damon.Trace.Exporters.Parquet;

/// <summary>
/// For which pages of a column the ways there are to write it are compared: ever more rarely while the answer stays. A trial costs as much as the page, a
/// wrong answer is paid until the next one.
/// </summary>
internal sealed class RareTrials
{
    /// <summary>So much less is worth another way: one part of so many.</summary>
    private const int LittlePart = 8;

    private int _interval = 1;
    private int _left;

    internal bool IsDue => _left == 0;

    /// <summary>A page without one.</summary>
    internal void Pass() => _left = Math.Max(0, _left - 1);

    /// <summary>There was one.</summary>
    /// <param name="change">Whether it gave another answer than the one before.</param>
    /// <param name="most">Pages until the next one at most.</param>
    internal void Answered(bool change, int most)
    {
        _interval = change ? 1 : Math.Min(_interval * 2, most);
        _left = _interval;
    }

    /// <summary>Whether so many bytes are less than so many others by what is worth another way.</summary>
    internal static bool IsLess(int bytes, int other) => bytes < other - (other / LittlePart);
}
