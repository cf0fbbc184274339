using System.CommandLine;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Damon.Trace.Cli.Commands;

/// <summary>
/// <c>damon-trace demo-target</c>: the process that <c>demo</c> records. It uses a fixed part of its memory all the time, then another one, and
/// ends with its stdin, so that it never outlives the demo.
/// </summary>
internal static class DemoTargetCommand
{
    internal const string Name = "demo-target";
    internal const int AllMib = 256;
    internal const int HotMib = 32;

    private const int Mib = 1 << 20;
    private const int PageBytes = 4096;

    // Far below any sampling interval, so that every sample of the hot part finds it accessed.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(1);

    private static readonly Argument<double> s_phase = new("seconds") { Description = "After this time other memory is used." };

    internal static Command Create()
    {
        var command = new Command(Name, "Use memory in a known way, until stdin ends.") { s_phase };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            var phase = TimeSpan.FromSeconds(parse.GetValue(s_phase));
            new Thread(() => Use(phase, parse.InvocationConfiguration.Output)) { IsBackground = true }.Start();
            using Stream input = Console.OpenStandardInput();
            _ = input.ReadByte();
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>The first phase begins with the first look at the clock after all memory is there; phases go on for ever.</summary>
    private static unsafe void Use(TimeSpan phase, TextWriter output)
    {
        nuint bytes = (nuint)AllMib * Mib;
        byte* memory = (byte*)NativeMemory.AlignedAlloc(bytes, 2 * Mib);
        NativeMemory.Fill(memory, bytes, 1);
        output.WriteLine("ready");
        output.Flush();
        var running = Stopwatch.StartNew();
        while (true)
        {
            int part = (int)(running.Elapsed / phase) % (AllMib / HotMib);
            byte* hot = memory + ((nuint)part * HotMib * Mib);
            for (nuint offset = 0; offset < (nuint)HotMib * Mib; offset += PageBytes)
            {
                hot[offset]++;
            }

            Thread.Sleep(s_pause);
        }
    }
}
