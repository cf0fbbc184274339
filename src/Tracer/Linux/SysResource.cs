using System.Runtime.InteropServices;

namespace Damon.Trace.Tracer.Linux;

/// <summary>sys/resource.h.</summary>
internal static unsafe partial class SysResource
{
    private const int RLIMIT_NOFILE = 7;

    /// <summary>How many files this process may have open; the runtime has raised it as far as it may at its start.</summary>
    internal static ulong OpenFilesLimit
    {
        get
        {
            Rlimit limit;
            return getrlimit(RLIMIT_NOFILE, &limit) < 0 ? ulong.MaxValue : limit.Current;
        }
    }

    [LibraryImport("libc")]
    private static partial int getrlimit(int resource, Rlimit* limit);

    private struct Rlimit
    {
        internal ulong Current;
        internal ulong Maximum;
    }
}
