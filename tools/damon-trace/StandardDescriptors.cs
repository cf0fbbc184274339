using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli;

/// <summary>
/// Descriptors 0 to 2, which cron jobs and daemons may hand over closed. Then the runtime has taken their numbers for files of its own
/// before any code of ours runs, and writing to "stderr" would write into these: so the program is started once more, with the closed ones
/// open the wrong way round, where reading stdin and writing to stdout are errors. What would go to stderr is lost, as it was to be.
/// </summary>
internal static class StandardDescriptors
{
    private const string Nowhere = "/dev/null";

    internal static void OpenClosed()
    {
        int[] closed = [.. Enumerable.Range(0, 3).Where(descriptor => !Unistd.IsInherited(descriptor))];
        if (closed.Length == 0 || new FileInfo("/proc/self/exe").LinkTarget is not { } program)
        {
            return;
        }

        byte[] arguments = File.ReadAllBytes("/proc/self/cmdline");
        byte[] environment = File.ReadAllBytes("/proc/self/environ");
        foreach (int descriptor in closed)
        {
            if (Unistd.OpenAs(descriptor, Nowhere, descriptor == 1 ? O_RDONLY : O_WRONLY) < 0)
            {
                return;
            }
        }

        DiagnosticPort.RemoveOwn();
        Unistd.Execute(program, arguments, environment);
    }
}
