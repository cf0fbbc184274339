using System.Globalization;

namespace Damon.Trace.Cli.Tests.Formats;

/// <summary>The text of a small recording: two targets, 30 snapshots each, all fields different.</summary>
internal static class SyntheticText
{
    internal const int Snapshots = 60;
    internal const int Events = 60 * Regions;

    private const int Regions = 7;

    internal static void Write(string path, int snapshots = Snapshots)
    {
        using var text = new StreamWriter(path) { NewLine = "\n" };
        for (int snapshot = 0; snapshot < snapshots; snapshot++)
        {
            for (int region = 0; region < Regions; region++)
            {
                long time = 1_000_000 + (snapshot * 50_000L) + region;
                int target = snapshot % 2;
                ulong start = 0x5555_0000_0000 + ((ulong)region << 21) + ((ulong)target << 40);
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"       kdamond.0 {4242,5} [{snapshot % 4:D3}] {1000 + (time / 1_000_000),5}.{time % 1_000_000:D6}: damon:damon_aggregated: "));
                text.Write(string.Create(
                    CultureInfo.InvariantCulture,
                    $"target_id={target} nr_regions={Regions} {start}-{start + 0x20_0000}: {(region * 3) % 20} {snapshot + region}\n"));
            }
        }
    }
}
