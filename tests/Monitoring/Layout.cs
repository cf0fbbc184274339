using CsCheck;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>Random regions or ranges of CsCheck, which makes those that fail smaller, and prints the smallest with the seed that replays it.</summary>
/// <param name="Regions">Aligned, sorted, disjoint.</param>
internal sealed record Layout(IReadOnlyList<DamonRegion> Regions)
{
    /// <summary>1 to 40 aligned regions, most touching, some with holes, sizes from one page to 16 MiB, any counters.</summary>
    internal static Gen<Layout> AnyRegions { get; } = Gen.Select(
        Gen.ULong[0, 1_000],
        Gen.Select(Gen.OneOf(Gen.Const(0UL), Gen.Const(0UL), Gen.Const(0UL), Gen.ULong[1, 100]), Pages(12), Gen.UInt[0, 20], Gen.UInt[0, 20], Gen.UInt[0, 100])
            .Array[1, 40],
        (start, parts) =>
        {
            List<DamonRegion> regions = [];
            ulong at = start * Run.Page;
            foreach ((ulong hole, ulong size, uint nrAccesses, uint lastNrAccesses, uint age) in parts)
            {
                at += hole * Run.Page;
                ulong end = at + (size * Run.Page);
                regions.Add(new DamonRegion { Start = at, End = end, NrAccesses = nrAccesses, LastNrAccesses = lastNrAccesses, Age = age });
                at = end;
            }

            return new Layout(regions);
        });

    /// <summary>1 to 3 aligned, sorted, disjoint ranges around where <see cref="AnyRegions"/> puts regions.</summary>
    internal static Gen<AddressRange[]> AnyRanges { get; } = Gen.Select(
        Gen.ULong[0, 2_000],
        Gen.Select(Gen.ULong[1, 10_000], Gen.ULong[1, 5_000]).Array[1, 3],
        (start, parts) =>
        {
            List<AddressRange> ranges = [];
            ulong at = start * Run.Page;
            foreach ((ulong size, ulong hole) in parts)
            {
                ulong end = at + (size * Run.Page);
                ranges.Add(new(at, end));
                at = end + (hole * Run.Page);
            }

            return ranges.ToArray();
        });

    /// <summary>A number of pages that is as likely to have few bits as many.</summary>
    internal static Gen<ulong> Pages(int bits) => Gen.Int[0, bits - 1].SelectMany(bit => Gen.ULong[1, 1UL << bit]);

    /// <summary>A fresh array: what is tested changes it.</summary>
    internal RegionArray ToArray()
    {
        RegionArray array = new();
        foreach (DamonRegion region in Regions)
        {
            array.Append(region);
        }

        array.TakeAppended();
        return array;
    }

    public override string ToString() => Notation.Full([.. Regions]);
}
