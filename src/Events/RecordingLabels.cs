using System.Globalization;

namespace Damon.Trace.Events;

/// <summary>Labels of a context that are about the recording and not about the access check.</summary>
public static class RecordingLabels
{
    /// <summary>No access check that sees pages works here, and one for whole mappings was taken instead.</summary>
    public const string FellBack = "fell-back=whole-mappings";

    private const string ChildrenKey = "unrecorded-children-of-";
    private const int MaxChildren = 8;

    /// <summary>A target has children, whose memory is not recorded: <c>unrecorded-children-of-99=100,101</c>, the first eight.</summary>
    public static string ChildrenOf(int pid, IReadOnlyCollection<int> children) =>
        string.Create(CultureInfo.InvariantCulture, $"{ChildrenKey}{pid}={string.Join(',', children.Take(MaxChildren))}");

    /// <summary>
    /// Targets that are followed while they come and go: <c>follow=cgroup:/a targets=3 came=4 gone=1</c>, the number of now, and of those
    /// that came after the begin and that have gone.
    /// </summary>
    public static string Followed(string selection, int targets, long came, long gone) =>
        string.Create(CultureInfo.InvariantCulture, $"follow={selection} targets={targets} came={came} gone={gone}");

    /// <summary>The recording goes on from another, after a time in which nobody watched: <c>reload-gap=0.84s</c>.</summary>
    public static string ReloadedAfter(TimeSpan gap) => string.Create(CultureInfo.InvariantCulture, $"reload-gap={gap.TotalSeconds:F2}s");

    /// <summary>The parents with children that are not recorded, and these, of the labels of a context.</summary>
    public static IEnumerable<(string Parent, string Children)> UnrecordedChildren(string labels)
    {
        foreach (string label in labels.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (label.StartsWith(ChildrenKey, StringComparison.Ordinal) && label[ChildrenKey.Length..].Split('=') is [var parent, var children])
            {
                yield return (parent, children);
            }
        }
    }
}
