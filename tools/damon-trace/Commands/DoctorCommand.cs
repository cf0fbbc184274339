using System.CommandLine;
using Damon.Trace.Cli.Doctor;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace doctor</c>: what this machine offers, what is missing and what would help.</summary>
internal static class DoctorCommand
{
    private static readonly Option<bool> s_json = new("--json") { Description = "As JSON, for programs." };

    internal static Command Create()
    {
        var command = new Command("doctor", "Show what this machine offers, what is missing and what would help. Writes nothing anywhere.") { s_json };
        CommandHelp.Of(command)
            .WithExample("damon-trace doctor", "for people")
            .WithExample("damon-trace doctor --json | jq .access_check.chosen", "for programs");
        command.SetAction(parse =>
        {
            TextWriter output = parse.InvocationConfiguration.Output;
            MachineReport report = MachineInspection.Run();
            if (parse.GetValue(s_json))
            {
                DoctorReport.WriteJson(output, report);
            }
            else
            {
                DoctorReport.Write(output, report);
            }
        });
        return command;
    }
}
