namespace Damon.Trace.Events;

/// <summary>
/// Something outside the program keeps damon-trace from doing what was asked for: a process that has exited, a kernel that lacks a feature,
/// a permission, a full disk, a damaged recording. Every exception of that kind derives from this one; mistakes in the use of the library
/// itself are <see cref="ArgumentException"/> and <see cref="InvalidOperationException"/>.
/// <para>It is an <see cref="IOException"/>, because streams of these libraries throw it, and whoever reads a stream expects that.</para>
/// </summary>
public abstract class DamonTraceException : IOException
{
    /// <param name="message">What is wrong, one line, meant for the user of the program.</param>
    /// <param name="hint">What would help, one line; null where the message says it.</param>
    /// <param name="inner">Its cause, or null.</param>
    protected DamonTraceException(string message, string? hint = null, Exception? inner = null)
        : base(message, inner)
    {
        Hint = hint;
    }

    /// <summary>What the user can do about it, one line; null where the message says it.</summary>
    public string? Hint { get; }
}
