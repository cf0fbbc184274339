using System.Globalization;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>
/// What the kernel says of a process: all accessed bits cleared (clear_refs), and after some time the pages counted that have theirs again.
/// It holds the memory map's lock for milliseconds and takes the bits from everybody, so it is not done during a recording.
/// </summary>
internal static class ReferencedMemory
{
    /// <summary>Bytes accessed within a time that begins now.</summary>
    internal static double Within(int pid, double seconds)
    {
        Clear(pid, "1");
        // Without soft-dirty bits, clearing these does nothing but flush the TLB, where hot pages are remembered as accessed already.
        Clear(pid, "4");
        Thread.Sleep(TimeSpan.FromSeconds(seconds));
        string line = File.ReadLines($"/proc/{pid}/smaps_rollup").First(text => text.StartsWith("Referenced:", StringComparison.Ordinal));
        return 1024 * double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    private static void Clear(int pid, string what)
    {
        using FileStream file = new($"/proc/{pid}/clear_refs", FileMode.Open, FileAccess.Write);
        file.Write([(byte)what[0]]);
    }
}
