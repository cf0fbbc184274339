using System.Runtime.CompilerServices;

namespace Damon.Trace.Exerciser;

/// <summary>The loops that touch memory.</summary>
internal static unsafe class Toucher
{
    private const ulong PageSize = ExerciserOptions.PageSize;
    private const ulong LineSize = 64;

    /// <summary>Writes to every page once.</summary>
    internal static void Populate(byte* start, ulong size) => Sweep(start, size / PageSize, 1, AccessKind.Write, 1);

    /// <summary>Touches some cache lines of each of the pages once, in steps of stride pages around the range.</summary>
    /// <param name="start">First page.</param>
    /// <param name="nrPages">Number of pages.</param>
    /// <param name="stride">Without a common divisor with nrPages, or pages would be left out.</param>
    /// <param name="access">Read, write or both.</param>
    /// <param name="nrLines">Cache lines per page.</param>
    /// <returns>Something that depends on all reads, so that none of them can be optimised away.</returns>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static ulong Sweep(byte* start, ulong nrPages, ulong stride, AccessKind access, int nrLines)
    {
        ulong sum = 0;
        ulong page = 0;
        for (ulong visited = 0; visited < nrPages; visited++)
        {
            byte* address = start + (page * PageSize);
            byte* end = address + ((ulong)nrLines * LineSize);
            switch (access)
            {
                case AccessKind.Read:
                    for (; address < end; address += LineSize)
                    {
                        sum += Volatile.Read(ref *(ulong*)address);
                    }

                    break;
                case AccessKind.Write:
                    for (; address < end; address += LineSize)
                    {
                        Volatile.Write(ref *(ulong*)address, visited);
                    }

                    break;
                default:
                    for (; address < end; address += LineSize)
                    {
                        Volatile.Write(ref *(ulong*)address, Volatile.Read(ref *(ulong*)address) + 1);
                    }

                    break;
            }

            page += stride;
            page = page >= nrPages ? page - nrPages : page;
        }

        return sum;
    }

    /// <summary>A stride that visits every page once: 1, or the number closest above the golden section that fits.</summary>
    internal static ulong StrideFor(ulong nrPages, SweepPattern pattern)
    {
        if (pattern == SweepPattern.Sequential || nrPages < 4)
        {
            return 1;
        }

        ulong stride = (ulong)(nrPages * 0.618);
        while (GreatestCommonDivisor(stride, nrPages) != 1)
        {
            stride++;
        }

        return stride;
    }

    private static ulong GreatestCommonDivisor(ulong a, ulong b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }

        return a;
    }
}
