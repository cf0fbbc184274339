using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Reports;

namespace Damon.Trace.Cli.Input;

/// <summary>A line on a terminal's stderr that says how far reading has come, once it takes longer than two seconds; gone afterwards. Logs get none.</summary>
internal sealed class ReadingProgress : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(500);

    private const int NameColumns = 20;
    private const int LineColumns = 79;

    private readonly long _begin = Stopwatch.GetTimestamp();
    private readonly Func<TimeSpan, string> _describe;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private bool _shown;
    private bool _ended;

    private ReadingProgress(Func<TimeSpan, string> describe)
    {
        _describe = describe;
        _timer = new Timer(_ => Show(), null, s_patience, s_refresh);
    }

    /// <summary>Null where nobody watches.</summary>
    internal static ReadingProgress? Watch(InputStream stream, string name) =>
        Watch(elapsed => Describe(name, stream.BytesRead, stream.TotalBytes, elapsed));

    /// <summary>Of an input of which only what came out of it is known; null where nobody watches.</summary>
    /// <param name="events">How many events were read.</param>
    /// <param name="name">The input.</param>
    internal static ReadingProgress? Watch(Func<long> events, string name) => Watch(elapsed => Describe(name, events(), elapsed));

    private static ReadingProgress? Watch(Func<TimeSpan, string> describe) => Console.IsErrorRedirected ? null : new ReadingProgress(describe);

    /// <summary>What the line says of an input without a size: how many events there were, and how fast.</summary>
    internal static string Describe(string name, long events, TimeSpan elapsed) => string.Create(
        CultureInfo.InvariantCulture,
        $"damon-trace: reading {Shorten(name)}: {events / 1e6:F1} M events, {events / 1e6 / Math.Max(elapsed.TotalSeconds, 1e-3):F1} M/s");

    /// <summary>What the line says: how much is done, how fast, and, where the end is known, how long it will take at that rate.</summary>
    internal static string Describe(string name, long read, long? total, TimeSpan elapsed)
    {
        double rate = read / Math.Max(elapsed.TotalSeconds, 1e-3);
        string done = total is long all && all > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Min(100, 100 * read / all)} % of {ReportText.ShortSize(all)}")
            : ReportText.ShortSize(read);
        string left = total is long end && end > read && read > 0
            ? string.Create(CultureInfo.InvariantCulture, $", {Math.Ceiling((end - read) / rate):F0} s left")
            : "";
        string line = $"damon-trace: reading {Shorten(name)}: {done}, {ReportText.ShortSize(rate)}/s{left}";
        return line.Length <= LineColumns ? line : line[..LineColumns];
    }

    /// <summary>The line must not be wider than a terminal: it is drawn over the one before.</summary>
    private static string Shorten(string name) => name.Length <= NameColumns ? name : $"...{name[^(NameColumns - 3)..]}";

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        lock (_lock)
        {
            _ended = true;
            if (_shown)
            {
                Console.Error.Write("\r\x1b[K");
            }
        }
    }

    private void Show()
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _shown = true;
                Console.Error.Write($"\r\x1b[K{_describe(Stopwatch.GetElapsedTime(_begin))}");
            }
        }
    }
}
