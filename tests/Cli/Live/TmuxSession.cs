using System.Diagnostics;

namespace Damon.Trace.Cli.Tests.Live;

/// <summary>A terminal of a given size to run a shell command in, by tmux with a server of its own.</summary>
internal sealed class TmuxSession : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);

    private readonly string _socket = $"damon-trace-{Environment.ProcessId}-{Guid.NewGuid():N}";

    internal TmuxSession(int width, int height, string command)
    {
        Tmux("-f", "/dev/null", "new-session", "-d", "-x", $"{width}", "-y", $"{height}", command);
    }

    internal static bool IsInstalled => File.Exists("/usr/bin/tmux");

    /// <summary>What the terminal shows now.</summary>
    internal string Screen => Tmux("capture-pane", "-p");

    internal void Resize(int width, int height) => Tmux("resize-window", "-x", $"{width}", "-y", $"{height}");

    internal void Type(string keys) => Tmux("send-keys", keys);

    /// <summary>Waits until the screen shows what is expected; fails with what it shows instead.</summary>
    internal string WaitFor(Func<string, bool> expected)
    {
        string screen = Screen;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < s_patience && !expected(screen); screen = Screen)
        {
            Thread.Sleep(100);
        }

        Assert.True(expected(screen), screen);
        return screen;
    }

    /// <inheritdoc/>
    public void Dispose() => Tmux("kill-server");

    private string Tmux(params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/tmux", ["-L", _socket, .. arguments]) { RedirectStandardOutput = true };
        using Process tmux = Process.Start(start)!;
        string output = tmux.StandardOutput.ReadToEnd();
        tmux.WaitForExit();
        return output;
    }
}
