using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// One scheme in one line: <c>min-size max-size min-acc max-acc min-age max-age action [key=value ...]</c>, as <c>4K max 0 0 30s max pageout
/// quota=64M/1s</c>. docs/schemes.md has all keys.
/// </summary>
public static class SchemeLine
{
    private const int NrPositions = 7;

    /// <summary>Reads a scheme.</summary>
    /// <param name="text">The line, without a comment.</param>
    /// <exception cref="SchemeException">It cannot be understood: says at which column, what was expected and what was found.</exception>
    public static Scheme Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var words = new SchemeWords(text);
        SchemeWord[] first = new SchemeWord[NrPositions];
        for (int i = 0; i < NrPositions; i++)
        {
            first[i] = words.Take("min-size max-size min-acc max-acc min-age max-age action".Split(' ')[i]);
        }

        var scheme = new Scheme
        {
            Pattern = PatternOf(first),
            Action = SchemeActionNames.Find(first[6].Text) ?? throw first[6].Unexpected($"an action: {string.Join(", ", SchemeActionNames.All)}"),
        };
        List<SchemeWord> options = [];
        while (words.TryTake(out SchemeWord word))
        {
            scheme = SchemeOption.Apply(scheme, word);
            options.Add(word);
        }

        SchemeOption.RefuseMeaningless(scheme, options);
        return SchemeOption.Checked(scheme);
    }

    /// <summary>A pattern of six words: sizes, accesses, ages, each the smallest and the largest.</summary>
    internal static AccessPattern PatternOf(ReadOnlySpan<SchemeWord> words)
    {
        var pattern = new AccessPattern
        {
            MinSize = words[0].Size(),
            MaxSize = words[1].Size(),
            MinAccesses = words[2].Accesses(),
            MaxAccesses = words[3].Accesses(),
            MinAge = words[4].Age(),
            MaxAge = words[5].Age(),
        };
        RequireOrder(pattern.MinSize, pattern.MaxSize, words[0], words[1]);
        if (pattern.MinAccesses.Unit == pattern.MaxAccesses.Unit)
        {
            RequireOrder(pattern.MinAccesses.Value, pattern.MaxAccesses.Value, words[2], words[3]);
        }

        if (pattern.MinAge.IsTime == pattern.MaxAge.IsTime)
        {
            RequireOrder(pattern.MinAge.Value, pattern.MaxAge.Value, words[4], words[5]);
        }

        return pattern;
    }

    private static void RequireOrder(double min, double max, SchemeWord minWord, SchemeWord maxWord)
    {
        if (min > max)
        {
            throw maxWord.Unexpected($"at least '{minWord.Text}', or nothing would match");
        }
    }
}
