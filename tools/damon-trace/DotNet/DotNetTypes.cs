using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// The types of a .NET target's objects, joined with what is known of its pages, by a process of its own (<see cref="Commands.DotNetTypesCommand"/>) that
/// walks the heap in the target's memory with the target's rights.
/// </summary>
internal static class DotNetTypes
{
    private const int Tries = 3;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(10);

    /// <exception cref="UserErrorException">The heap cannot be walked.</exception>
    internal static TypeReading Read(TargetProcess process, ExactPages pages)
    {
        string explanation = "";
        for (int i = 0; i < Tries; i++)
        {
            // Tables that change while they are read can lead the library anywhere.
            if (TryRead(process, pages, out TypeReading? reading, out explanation, out bool isFinal))
            {
                return reading!;
            }

            if (isFinal)
            {
                break;
            }
        }

        string[] lines = explanation.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string reason = lines.Length > 0 ? HumanText.OneLine(lines[0]).Replace("damon-trace: ", "", StringComparison.Ordinal) : $"the heap of process {process.Pid} could not be walked";
        throw new UserErrorException(reason, lines.Length > 1 ? HumanText.OneLine(lines[1]).Replace("hint: ", "", StringComparison.Ordinal) : "try again", ExitCode.NoAccessCheck);
    }

    private static bool TryRead(TargetProcess process, ExactPages pages, out TypeReading? reading, out string explanation, out bool isFinal)
    {
        string[] arguments =
        [
            "dotnet-types", process.Pid.ToString(CultureInfo.InvariantCulture), process.StartTimeTicks.ToString(CultureInfo.InvariantCulture),
        ];
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "damon-trace"), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Nobody is to debug, or to trace, a process that looks into another one.
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        using Process reader = Process.Start(start)!;
        Task<string> error = reader.StandardError.ReadToEndAsync();
        Task<TypeReading?> types = Task.Run(() => TypeText.Read(reader.StandardOutput));
        try
        {
            TypeText.WriteHeat(reader.StandardInput, pages.Regions());
        }
        catch (IOException)
        {
            // It has ended, and says why.
        }

        if (!types.Wait(s_patience) || types.Result is null || !reader.WaitForExit(s_patience))
        {
            if (!reader.HasExited)
            {
                reader.Kill();
            }

            reader.WaitForExit();
        }

        explanation = error.Result;
        isFinal = reader.ExitCode is ExitCode.NoAccessCheck or ExitCode.Usage or ExitCode.TargetGone;
        reading = types.IsCompleted ? types.Result : null;
        return reading is not null;
    }
}
