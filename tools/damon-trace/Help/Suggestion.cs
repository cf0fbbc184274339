namespace Damon.Trace.Cli.Help;

/// <summary>What somebody may have meant who mistyped a name.</summary>
internal static class Suggestion
{
    /// <summary>A hint that names the most similar one; null when none is similar.</summary>
    internal static string? Of(string text, IEnumerable<string> names)
    {
        string? best = null;
        int bestDistance = (Math.Max(text.Length, 4) / 3) + 1;
        foreach (string name in names)
        {
            int distance = name.StartsWith(text, StringComparison.Ordinal) && text.Length >= 3 ? 0 : Distance(text, name);
            if (distance < bestDistance)
            {
                (best, bestDistance) = (name, distance);
            }
        }

        return best is null ? null : $"did you mean '{best}'?";
    }

    /// <summary>Least number of letters inserted, left out, replaced, or swapped with their neighbour: the restricted Damerau-Levenshtein distance.</summary>
    internal static int Distance(string a, string b)
    {
        int[,] distance = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            for (int j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    distance[i, j] = i + j;
                    continue;
                }

                int replaced = distance[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(replaced, Math.Min(distance[i - 1, j], distance[i, j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                distance[i, j] = swapped ? Math.Min(best, distance[i - 2, j - 2] + 1) : best;
            }
        }

        return distance[a.Length, b.Length];
    }
}
