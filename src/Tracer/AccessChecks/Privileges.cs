using System.Globalization;

namespace Damon.Trace.Tracer.AccessChecks;

/// <summary>The capabilities of this process (linux/capability.h), as /proc/self/status tells them.</summary>
internal static class Privileges
{
    internal const int CAP_SYS_ADMIN = 21;
    internal const int CAP_PERFMON = 38;
    internal const int CAP_BPF = 39;

    internal static bool Has(int capability) => ((Effective() >> capability) & 1) != 0;

    private static ulong Effective()
    {
        const string Key = "CapEff:";
        string? line = File.ReadLines("/proc/self/status").FirstOrDefault(static l => l.StartsWith(Key, StringComparison.Ordinal));
        return line is null ? 0 : ulong.Parse(line.AsSpan(Key.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
