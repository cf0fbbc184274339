using System.CommandLine;
using Damon.Trace.Cli.Arguments;
using Damon.Trace.Cli.DotNet;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;
using Microsoft.Diagnostics.Runtime;

namespace Damon.Trace.Cli.Commands;

/// <summary>
/// <c>damon-trace dotnet-types</c>: the process that <c>snapshot --names dotnet-types</c> starts. It takes the pages on stdin, walks the heap of the target
/// and prints the types, see <see cref="TypeText"/>. Memory that changes while it is read can bring the debugging library to crash; then it is this process
/// that ends.
/// </summary>
internal static class DotNetTypesCommand
{
    private const int Tries = 200;
    private const int Walks = 5;

    private static readonly TimeSpan s_betweenTries = TimeSpan.FromMilliseconds(10);

    private static readonly Argument<int> s_pid = new("pid") { Description = "The process.", CustomParser = Number.Whole(1, int.MaxValue) };
    private static readonly Argument<ulong> s_startTime = new("start-time") { Description = "Its start time in clock ticks after boot." };

    internal static Command Create()
    {
        var command = new Command("dotnet-types", "Print the types of the objects of a .NET process, with the pages of stdin.") { s_pid, s_startTime };
        command.Hidden = true;
        command.SetAction(parse =>
        {
            using TargetProcess process = TargetProcess.Open(parse.GetValue(s_pid), parse.GetValue(s_startTime));
            using TargetRuntime target = TargetRuntime.TryOpen(process) ?? throw new UserErrorException(
                $"process {process.Pid} ({process.Comm}) has no .NET runtime that its heap could be read from",
                "programs published as a single file have their runtime inside and are not supported", ExitCode.NoAccessCheck);
            Walk(process, target, TypeText.ReadHeat(Console.In), parse.InvocationConfiguration.Output);
            return ExitCode.Ok;
        });
        return command;
    }

    /// <summary>Again where a collection has moved older objects meanwhile; the last walk is told in any case, and that it may be wrong.</summary>
    private static void Walk(TargetProcess process, TargetRuntime target, List<ExactRegion> heat, TextWriter output)
    {
        for (int i = 1; ; i++)
        {
            NamedRange[] before = Older(process, target.Heap);
            using ClrRuntime runtime = target.CreateRuntime();
            var walk = new TypeWalk(runtime, heat);
            TypeTotal[] types = [.. walk.Run()];
            bool isConsistent = Older(process, target.Heap).AsSpan().SequenceEqual(before);
            if (isConsistent || i == Walks)
            {
                TypeText.WriteTypes(output, types, walk, isConsistent);
                return;
            }
        }
    }

    /// <summary>The ranges of objects that only a full collection moves.</summary>
    private static NamedRange[] Older(TargetProcess process, HeapReader heap)
    {
        for (int i = 0; i < Tries; i++)
        {
            if (heap.TryRead() is { } ranges)
            {
                return [.. ranges.Where(static range => range.Name is "[dotnet gen2]" or "[dotnet loh]" or "[dotnet poh]")];
            }

            Thread.Sleep(s_betweenTries);
        }

        throw new UserErrorException(
            $"the collector of process {process.Pid} works all the time: its tables were never in order", "try again when it does less", ExitCode.NoAccessCheck);
    }
}
