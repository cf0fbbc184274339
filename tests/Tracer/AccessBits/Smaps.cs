using System.Globalization;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>/proc/self/smaps of one mapping.</summary>
internal static class Smaps
{
    /// <summary>A field in kB of the mapping that begins at an address, or -1.</summary>
    internal static long ReadKb(ulong start, string field)
    {
        bool inside = false;
        string header = start.ToString("x", CultureInfo.InvariantCulture) + "-";
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            inside = line.StartsWith(header, StringComparison.Ordinal) || (inside && !line.Contains('-', StringComparison.Ordinal));
            if (inside && line.StartsWith(field + ":", StringComparison.Ordinal))
            {
                return long.Parse(line.AsSpan(field.Length + 1).Trim().TrimEnd("kB").Trim(), CultureInfo.InvariantCulture);
            }
        }

        return -1;
    }
}
