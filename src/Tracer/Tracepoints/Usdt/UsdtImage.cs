using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>
/// A shared library with one statically defined probe, <c>damon:aggregated</c>, and the semaphore that tells whether anybody listens.
/// The same machine always gives the same bytes, so the build id (SHA-1 of the file) names them for ever.
/// </summary>
internal sealed class UsdtImage
{
    internal const string Provider = "damon";
    internal const string ProbeName = "aggregated";
    internal const string FunctionName = "damon_aggregated";
    internal const string SemaphoreName = "damon_aggregated_semaphore";

    /// <summary>Raised whenever the bytes change: a tracer attached to an older file must not meet other arguments.</summary>
    internal const string SoName = "libdamon-usdt.so.1";

    private static readonly string[] s_fields =
        ["target_id={0}:u64", "nr_regions={1}:u32", "start={2}:u64", "end={3}:u64", "nr_accesses={4}:u32", "age={5}:u32"];

    private readonly UsdtMachine _machine;

    private UsdtImage(UsdtMachine machine, UsdtLayout layout, byte[] bytes, string buildId)
    {
        _machine = machine;
        Bytes = bytes;
        BuildId = buildId;
        ProbeOffset = layout.Text;
        SemaphoreOffset = layout.Semaphore;
    }

    internal byte[] Bytes { get; }

    /// <summary>The build id in hexadecimal, as perf buildid-cache shows it.</summary>
    internal string BuildId { get; }

    /// <summary>Offset of the probe in the file, equal to its address before loading.</summary>
    internal int ProbeOffset { get; }

    /// <summary>Offset of the 16-bit semaphore in the file.</summary>
    internal int SemaphoreOffset { get; }

    [SuppressMessage("Security", "CA5350", Justification = "A build id is a name, and 20 bytes long by convention.")]
    internal static UsdtImage Build(UsdtMachine machine)
    {
        var layout = new UsdtLayout(machine);
        byte[] bytes = new UsdtImageWriter(machine, layout).Write();

        // The hash is taken while its own place still holds zeros.
        byte[] hash = SHA1.HashData(bytes);
        hash.CopyTo(bytes, layout.BuildIdHash);
        return new UsdtImage(machine, layout, bytes, Convert.ToHexStringLower(hash));
    }

    /// <summary>
    /// The line for /sys/kernel/tracing/uprobe_events that makes the probe a kernel event with our field names. The number in parentheses
    /// makes the kernel count listeners in the semaphore.
    /// </summary>
    internal string DescribeUprobe(string path, string group, string name)
    {
        string fields = string.Format(null, string.Join(' ', s_fields), [.. _machine.Registers]);
        return $"p:{group}/{name} {path}:0x{ProbeOffset:x}(0x{SemaphoreOffset:x}) {fields}";
    }
}
