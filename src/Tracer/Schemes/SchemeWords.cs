namespace Damon.Trace.Tracer.Schemes;

/// <summary>The words of a line, each with its column.</summary>
internal sealed class SchemeWords(string line)
{
    private int _at;

    internal bool TryTake(out SchemeWord word)
    {
        while (_at < line.Length && char.IsWhiteSpace(line[_at]))
        {
            _at++;
        }

        int start = _at;
        while (_at < line.Length && !char.IsWhiteSpace(line[_at]))
        {
            _at++;
        }

        word = new SchemeWord(line[start.._at], start + 1);
        return _at > start;
    }

    /// <exception cref="SchemeException">There is none.</exception>
    internal SchemeWord Take(string what) => TryTake(out SchemeWord word)
        ? word
        : throw new SchemeException(
            $"column {line.TrimEnd().Length + 1}: expected {what}, found the end of the line",
            "a scheme is: min-size max-size min-acc max-acc min-age max-age action, e.g. 4K max 0 0 30s max pageout");
}
