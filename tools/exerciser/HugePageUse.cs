using System.Globalization;

namespace Damon.Trace.Exerciser;

/// <summary>How much of a mapping really is in huge pages: asking for them is no promise.</summary>
internal static class HugePageUse
{
    /// <summary>AnonHugePages of the mapping that begins at an address, in bytes.</summary>
    internal static ulong Read(ulong start)
    {
        string header = string.Create(CultureInfo.InvariantCulture, $"{start:x}-");
        bool inside = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            inside |= line.StartsWith(header, StringComparison.Ordinal);
            if (inside && line.StartsWith("AnonHugePages:", StringComparison.Ordinal))
            {
                string kilobytes = line["AnonHugePages:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim();
                return ulong.Parse(kilobytes, CultureInfo.InvariantCulture) << 10;
            }
        }

        return 0;
    }
}
