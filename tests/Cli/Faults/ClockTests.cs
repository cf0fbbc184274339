using Damon.Trace.Cli.Recording;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>Wall clocks are put back and forth; the files of a rotated recording stay in order, so that the oldest are deleted and never the newest.</summary>
public sealed class ClockTests
{
    private static readonly DateTime s_now = new(2026, 11, 29, 18, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void ClockPutBack_GivesNoEarlierName()
    {
        using var folder = new TemporaryFolder();
        string output = folder.File("a-b.perf.data");
        List<string> made = [];
        foreach (int minutes in (int[])[0, 2, -60, -60, -58, 1, 3])
        {
            made.Add(RotationRequest.NameAt(output, s_now.AddMinutes(minutes)));
            File.WriteAllText(made[^1], "");
        }

        // Those before are deleted, and the next one is still the newest.
        File.Delete(made[1]);
        File.Delete(made[2]);
        made[1..3].ForEach(name => made.Remove(name));
        made.Add(RotationRequest.NameAt(output, s_now.AddMinutes(-1)));
        File.WriteAllText(made[^1], "");

        Assert.Equal(made, RotationRequest.FilesOf(output));
        Assert.Contains(folder.File("a-b-20261129-180200.4.perf.data"), made);
    }

    /// <summary>The file that is being written is no file yet, but has its time.</summary>
    [Fact]
    public void PartialFile_Counts()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("a-20261129-180200.nettrace.partial"), "");

        Assert.Equal(folder.File("a-20261129-180200.1.nettrace"), RotationRequest.NameAt(folder.File("a.nettrace"), s_now));
    }

    [Fact]
    public void TenthOfASecond_ComesAfterTheSecond()
    {
        using var folder = new TemporaryFolder();
        string[] made = [.. Enumerable.Range(0, 12).Select(_ => Next())];

        Assert.Equal(made, RotationRequest.FilesOf(folder.File("a.txt")));

        string Next()
        {
            string name = RotationRequest.NameAt(folder.File("a.txt"), s_now);
            File.WriteAllText(name, "");
            return name;
        }
    }
}
