using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>perf's rule written down a second time, as plainly as possible, to check the fast one.</summary>
internal sealed record ReferenceLine(byte[] Comm, int Tid, ulong TargetId, uint NrRegions, RegionEvent Region)
{
    private static readonly byte[][] s_commParts =
    [
        "kdamond.0"u8.ToArray(), "a"u8.ToArray(), " "u8.ToArray(), ":"u8.ToArray(), "["u8.ToArray(), "]"u8.ToArray(), "[007]"u8.ToArray(),
        "7"u8.ToArray(), "-"u8.ToArray(), "/"u8.ToArray(), "."u8.ToArray(), "#"u8.ToArray(), "ü"u8.ToArray(), "界"u8.ToArray(), [0xC3], [0xFF],
    ];

    internal byte[] ToBytes(int tidWidth, bool nanoseconds)
    {
        ulong time = (ulong)Region.TimestampNs;
        string fraction = nanoseconds
            ? (time % 1_000_000_000).ToString("D9", CultureInfo.InvariantCulture)
            : (time % 1_000_000_000 / 1000).ToString("D6", CultureInfo.InvariantCulture);
        string tid = Tid.ToString(CultureInfo.InvariantCulture).PadLeft(tidWidth);
        string seconds = (time / 1_000_000_000).ToString(CultureInfo.InvariantCulture).PadLeft(5);
        string rest = string.Create(CultureInfo.InvariantCulture,
            $" {tid} [{Region.Cpu:D3}] {seconds}.{fraction}: damon:damon_aggregated: target_id={TargetId} nr_regions={NrRegions} "
            + $"{Region.Start}-{Region.End}: {Region.NrAccesses} {Region.Age}\n");
        byte[] padding = Encoding.ASCII.GetBytes(new string(' ', Math.Max(0, 16 - Comm.Length)));
        return [.. padding, .. Comm, .. Encoding.ASCII.GetBytes(rest)];
    }

    internal static ReferenceLine Random(Random random) => new(
        RandomComm(random),
        random.Next(1, 4_194_305),
        RandomU64(random),
        (uint)RandomU64(random),
        new RegionEvent
        {
            TimestampNs = (long)(RandomU64(random) >> 1),
            Cpu = random.Next(0, 4001),
            Start = RandomU64(random),
            End = RandomU64(random),
            NrAccesses = (uint)RandomU64(random),
            Age = (uint)RandomU64(random),
        });

    /// <summary>Every number of bits is as likely as every other, so that all widths occur.</summary>
    private static ulong RandomU64(Random random) => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(0, 64);

    private static byte[] RandomComm(Random random)
    {
        List<byte> comm = [];
        int length = random.Next(0, 16);
        while (comm.Count < length)
        {
            comm.AddRange(s_commParts[random.Next(s_commParts.Length)]);
        }

        // Like the kernel: cut after 15 bytes, in the middle of a character if need be.
        return [.. comm.Take(15)];
    }
}
