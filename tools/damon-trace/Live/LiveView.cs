namespace Damon.Trace.Cli.Live;

/// <summary>Draws until somebody has had enough: on a terminal four times a second, else a plain frame every two seconds.</summary>
internal static class LiveView
{
    private const int PlainWidth = 100;
    private const int PlainHeight = 30;

    private static readonly TimeSpan s_frame = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_plainFrame = TimeSpan.FromSeconds(2);

    /// <summary>Returns when the source has ended, the time is over, or the user has asked for the end.</summary>
    internal static async Task ShowAsync(LiveState state, LiveOptions options, Task source, CancellationToken interrupted)
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration interruption = interrupted.Register(() => asked.TrySetResult());
        Task duration = LongDelay.For(options.Duration);
        Task end = Task.WhenAny(source, duration, asked.Task);
        bool isTerminal = !Console.IsOutputRedirected;
        var renderer = new FrameRenderer(state, HeatPalette.Choose(options.Colour, isTerminal, Environment.GetEnvironmentVariable));
        if (isTerminal)
        {
            await ShowOnTerminalAsync(renderer, end, asked);
        }
        else
        {
            await PrintAsync(renderer, end);
        }
    }

    private static async Task ShowOnTerminalAsync(FrameRenderer renderer, Task end, TaskCompletionSource asked)
    {
        using Stream output = Console.OpenStandardOutput();
        using var terminal = new LiveTerminal(output);
        StartKeys(renderer, asked);
        while (!end.IsCompleted)
        {
            (int Width, int Height) size = LiveTerminal.Size;
            terminal.Show(renderer.Render(size.Width, size.Height), size);
            await Task.WhenAny(end, Task.Delay(s_frame, CancellationToken.None));
        }
    }

    /// <summary>The last frame is printed also when the end comes early.</summary>
    private static async Task PrintAsync(FrameRenderer renderer, Task end)
    {
        do
        {
            await Task.WhenAny(end, Task.Delay(s_plainFrame, CancellationToken.None));
            foreach (string line in renderer.Render(PlainWidth, PlainHeight))
            {
                await Console.Out.WriteLineAsync(line.TrimEnd());
            }

            await Console.Out.WriteLineAsync();
        }
        while (!end.IsCompleted);
    }

    /// <summary>A thread waits for keys: while it does, the terminal neither echoes them nor waits for the end of a line.</summary>
    private static void StartKeys(FrameRenderer renderer, TaskCompletionSource asked)
    {
        if (Console.IsInputRedirected)
        {
            return;
        }

        var keys = new Thread(() =>
        {
            while (true)
            {
                char key = char.ToLowerInvariant(Console.ReadKey(intercept: true).KeyChar);
                if (key == 'q')
                {
                    asked.TrySetResult();
                    return;
                }

                Press(renderer, key);
            }
        })
        { Name = "keys", IsBackground = true };
        keys.Start();
    }

    private static void Press(FrameRenderer renderer, char key)
    {
        switch (key)
        {
            case '?':
                renderer.Help = !renderer.Help;
                break;
            case 'p' or ' ':
                renderer.Paused = !renderer.Paused;
                break;
            case 'm':
                renderer.List = ListKind.Mappings;
                break;
            case 'h':
                renderer.List = ListKind.Hottest;
                break;
            case 'c':
                renderer.List = renderer.List == ListKind.Coldest ? ListKind.Chosen : ListKind.Coldest;
                break;
            case 's':
                renderer.Sort++;
                break;
            case 't':
                renderer.TargetIndex++;
                break;
            default:
                break;
        }
    }
}
