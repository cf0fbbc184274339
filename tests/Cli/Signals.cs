using System.Diagnostics;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli.Tests;

/// <summary>Signals by their names, as kill(1) sends them; what has ended by itself meanwhile is no matter.</summary>
internal static class Signals
{
    private static readonly Dictionary<string, int> s_numbers = new()
    {
        ["HUP"] = 1,
        ["INT"] = 2,
        ["QUIT"] = 3,
        ["KILL"] = 9,
        ["USR1"] = 10,
        ["TERM"] = 15,
        ["CONT"] = 18,
        ["STOP"] = 19,
    };

    /// <summary>Sends one to a process of ours that may have ended.</summary>
    internal static void Send(this Process process, string signal)
    {
        if (!process.HasExited)
        {
            _ = Signal.Send(process.Id, s_numbers[signal]);
        }
    }
}
