using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Damon.Trace.Tracer.Linux;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli.Live;

/// <summary>
/// The screen: the terminal's alternate one, so that what was there is there again afterwards. Only lines that changed are sent, each frame
/// in one write. While the job is stopped (Ctrl-Z) the shell has its screen; fg takes it again.
/// </summary>
internal sealed class LiveTerminal : IDisposable
{
    private const string Enter = "\x1b[?1049h\x1b[?25l\x1b[?7l";

    // Emptied first: after a change of size tmux would show what does not fit among the lines of the shell.
    private const string Leave = "\x1b[0m\x1b[2J\x1b[?7h\x1b[?25h\x1b[?1049l";

    // Terminals that know it show a frame at once, the others ignore it.
    private const string BeginFrame = "\x1b[?2026h";
    private const string EndFrame = "\x1b[?2026l";

    private readonly Stream _output;
    private readonly Lock _writing = new();
    private List<string> _shown = [];
    private (int Width, int Height) _size;
    private readonly PosixSignalRegistration _stop;
    private readonly PosixSignalRegistration _continue;
    private bool _away;
    private bool _left;

    internal LiveTerminal(Stream output)
    {
        _output = output;
        Write(Enter);

        // Once somebody handles it, the runtime does not stop the process any more: it is done as the terminal would.
        _stop = PosixSignalRegistration.Create(PosixSignal.SIGTSTP, context =>
        {
            context.Cancel = true;
            Suspend();
            _ = Signal.Send(0, SIGSTOP);
        });
        _continue = PosixSignalRegistration.Create(PosixSignal.SIGCONT, _ => Resume());
    }

    /// <summary>Columns and lines now.</summary>
    internal static (int Width, int Height) Size => (Console.WindowWidth, Console.WindowHeight);

    internal void Show(IReadOnlyList<string> lines, (int Width, int Height) size)
    {
        lock (_writing)
        {
            if (!_away && !_left)
            {
                Draw(lines, size);
            }
        }
    }

    /// <summary>Gives the screen back; also called when the process is told to end. Nothing is drawn afterwards.</summary>
    public void Dispose()
    {
        _stop.Dispose();
        _continue.Dispose();
        lock (_writing)
        {
            if (!_left && !_away)
            {
                Write(Leave);
            }

            _left = true;
        }
    }

    private void Suspend()
    {
        lock (_writing)
        {
            if (!_left && !_away)
            {
                Write(Leave);
                _away = true;
            }
        }
    }

    private void Resume()
    {
        lock (_writing)
        {
            if (!_left && _away)
            {
                // As for a new size: everything is drawn again.
                _size = default;
                Write(Enter);
                _away = false;
            }
        }
    }

    private void Draw(IReadOnlyList<string> lines, (int Width, int Height) size)
    {
        var frame = new StringBuilder(BeginFrame);
        if (size != _size)
        {
            frame.Append("\x1b[0m\x1b[2J");
            _shown.Clear();
            _size = size;
        }

        int count = Math.Min(size.Height, Math.Max(lines.Count, _shown.Count));
        for (int i = 0; i < count; i++)
        {
            string line = i < lines.Count ? lines[i] : "";
            if (i >= _shown.Count || _shown[i] != line)
            {
                // Cleared before it is written: at the right edge clearing afterwards would take the last character.
                frame.Append(CultureInfo.InvariantCulture, $"\x1b[{i + 1};1H\x1b[K").Append(line);
            }
        }

        _shown = [.. lines];
        Write(frame.Append(EndFrame).ToString());
    }

    private void Write(string text)
    {
        _output.Write(Encoding.UTF8.GetBytes(text));
        _output.Flush();
    }
}
