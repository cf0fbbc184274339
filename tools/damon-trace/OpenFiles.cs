using System.Text;
using Damon.Trace.Tracer.Linux;

namespace Damon.Trace.Cli;

/// <summary>
/// How many files this process may have open. With too few the runtime cannot open its own libraries, somewhere in the middle of whatever it does: so
/// that is said before anything is begun.
/// </summary>
internal static class OpenFiles
{
    /// <summary>A recording has 120 open, two of each library that it uses.</summary>
    private const ulong Least = 192;

    /// <summary>Says so, without a library; false where they will do.</summary>
    internal static bool AreTooFew()
    {
        ulong limit = SysResource.OpenFilesLimit;
        if (limit >= Least)
        {
            return false;
        }

        _ = Fcntl.Write(2, Encoding.ASCII.GetBytes(
            $"damon-trace: this process may have {limit} files open, and needs {Least}\nhint: ulimit -n 1024, or LimitNOFILE= of its systemd unit\n"));
        return true;
    }
}
