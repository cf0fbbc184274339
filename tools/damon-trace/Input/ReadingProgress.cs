using System.Globalization;

namespace Damon.Trace.Cli.Input;

/// <summary>A line on a terminal's stderr that tells how far reading has come, once it takes longer than two seconds; gone afterwards.</summary>
internal sealed class ReadingProgress : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(500);

    private readonly InputStream _stream;
    private readonly string _name;
    private readonly Timer _timer;
    private readonly Lock _lock = new();
    private bool _shown;
    private bool _ended;

    private ReadingProgress(InputStream stream, string name)
    {
        _stream = stream;
        _name = name;
        _timer = new Timer(_ => Show(), null, s_patience, s_refresh);
    }

    /// <summary>Null where nobody watches.</summary>
    internal static ReadingProgress? Watch(InputStream? stream, string name) =>
        stream is null || Console.IsErrorRedirected ? null : new ReadingProgress(stream, name);

    /// <summary>What the line says.</summary>
    internal static string Describe(string name, long read, long? total) => total is long all && all > 0
        ? string.Create(CultureInfo.InvariantCulture, $"damon-trace: reading {name}: {Math.Min(100, 100 * read / all)} %")
        : string.Create(CultureInfo.InvariantCulture, $"damon-trace: reading {name}: {read / 1e6:F0} MB");

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
                Console.Error.Write($"\r\x1b[K{Describe(_name, _stream.BytesRead, _stream.TotalBytes)}");
            }
        }
    }
}
