using System.Globalization;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// The machine a recording was made on, for the header of a perf.data file. What is not known is null and printed as "unknown": perf 6.1
/// crashes in <c>perf data convert --to-json</c> when one of these is absent.
/// </summary>
/// <param name="HostName">As <c>uname -n</c>.</param>
/// <param name="OsRelease">As <c>uname -r</c>.</param>
/// <param name="Architecture">As <c>uname -m</c>.</param>
/// <param name="CpuDescription">Model name.</param>
/// <param name="CpuId">As perf writes it: <c>vendor,family,model,stepping</c> on x86.</param>
/// <param name="NrCpus">Processors.</param>
/// <param name="TotalMemoryKb">Memory in KiB.</param>
public sealed record MachineDescription(
    string? HostName, string? OsRelease, string? Architecture, string? CpuDescription, string? CpuId, int NrCpus, ulong TotalMemoryKb)
{
    /// <summary>For recordings of another machine.</summary>
    public static MachineDescription Unknown { get; } = new(null, null, null, null, null, 1, 0);

    /// <summary>The machine we run on.</summary>
    public static MachineDescription OfThisMachine()
    {
        Dictionary<string, string> cpu = ReadPairs("/proc/cpuinfo");
        string? vendor = cpu.GetValueOrDefault("vendor_id");
        string? cpuId = vendor is null
            ? FirstLine("/sys/devices/system/cpu/cpu0/regs/identification/midr_el1")
            : $"{vendor},{cpu.GetValueOrDefault("cpu family")},{cpu.GetValueOrDefault("model")},{cpu.GetValueOrDefault("stepping")}";
        string memory = ReadPairs("/proc/meminfo").GetValueOrDefault("MemTotal", "").Split(' ')[0];
        return new MachineDescription(
            FirstLine("/proc/sys/kernel/hostname"),
            FirstLine("/proc/sys/kernel/osrelease"),
            RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "x86_64",
                System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
                System.Runtime.InteropServices.Architecture other => other.ToString(),
            },
            cpu.GetValueOrDefault("model name"),
            cpuId,
            Environment.ProcessorCount,
            ulong.TryParse(memory, NumberStyles.None, CultureInfo.InvariantCulture, out ulong kb) ? kb : 0);
    }

    private static string? FirstLine(string path)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The "key : value" lines; the first of a key counts, which in /proc/cpuinfo is the first processor.</summary>
    private static Dictionary<string, string> ReadPairs(string path)
    {
        Dictionary<string, string> pairs = [];
        try
        {
            foreach (string line in File.ReadLines(path))
            {
                int colon = line.IndexOf(':', StringComparison.Ordinal);
                if (colon > 0)
                {
                    pairs.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return pairs;
        }

        return pairs;
    }
}
