namespace Damon.Trace.Events;

/// <summary>
/// Something outside the program keeps damon-trace from doing what was asked for: a process that has exited, a kernel that lacks a feature,
/// a permission, a full disk, a damaged recording. Every exception of that kind derives from this one; mistakes in the use of the library
/// itself are <see cref="ArgumentException"/> and <see cref="InvalidOperationException"/>.
/// <para>It is an <see cref="IOException"/>, because streams of these libraries throw it, and whoever reads a stream expects that.</para>
/// </summary>
public abstract class DamonTraceException : IOException
{
    // Longer than a path and some words; what follows a place is less than that.
    private const int MaxLength = 2000;
    private const int HeadLength = 600;
    private const int TailLength = 200;

    /// <param name="message">What is wrong, one line, meant for the user of the program.</param>
    /// <param name="hint">What would help, one line; null where the message says it.</param>
    /// <param name="inner">Its cause, or null.</param>
    protected DamonTraceException(string message, string? hint = null, Exception? inner = null)
        : base(Shorten(message), inner)
    {
        Hint = hint is null ? null : Shorten(hint);
    }

    /// <summary>What the user can do about it, one line; null where the message says it.</summary>
    public string? Hint { get; }

    /// <summary>What was found instead may be all of an input in one word.</summary>
    private static string Shorten(string line) => line.Length <= MaxLength ? line : $"{line[..HeadLength]} ... {line[^TailLength..]}";
}
