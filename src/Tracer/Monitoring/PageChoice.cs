namespace Damon.Trace.Tracer.Monitoring;

/// <summary>
/// Which pages are followed: one of each aligned block of 2^level pages, picked by a hash of the block's number. Every page has the same chance,
/// neighbouring blocks are picked from evenly, and the choice does not depend on what else exists: it stays when memory comes and goes. A
/// block of one level more takes the pick of one of its halves, so a coarser choice is a part of the finer one.
/// </summary>
internal readonly struct PageChoice(ulong seed, int level)
{
    /// <summary>Largest level: a page of each 4 GiB.</summary>
    internal const int MaxLevel = 20;

    internal int Level => level;

    /// <summary>Pages of a block.</summary>
    internal ulong BlockPages => 1ul << level;

    /// <summary>The smallest level at which about <paramref name="pages"/> pages give no more than <paramref name="aim"/> picks.</summary>
    internal static int LevelFor(ulong pages, int aim)
    {
        int level = 0;
        while (level < MaxLevel && pages >> level > (ulong)aim)
        {
            level++;
        }

        return level;
    }

    /// <summary>The picked page of a block: its number.</summary>
    internal ulong PageOf(ulong block)
    {
        for (int below = level; below > 0; below--)
        {
            block = (block * 2) + (Mix(block ^ (seed + (ulong)below)) >> 63);
        }

        return block;
    }

    // The finalizer of splitmix64 (Steele, Lea, Flood 2014): every input bit changes every output bit with a chance of about one half.
    private static ulong Mix(ulong value)
    {
        value += 0x9e3779b97f4a7c15;
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
