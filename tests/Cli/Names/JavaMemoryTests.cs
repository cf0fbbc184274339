using System.Diagnostics;
using System.Text.Json;
using Damon.Trace.Cli.Names;

namespace Damon.Trace.Cli.Tests.Names;

/// <summary>What jcmd says, of JVMs of several kinds; and of one that is here.</summary>
[Trait("Category", "Linux")]
public sealed class JavaMemoryTests
{
    [Fact]
    public void Heap_OfSpaces()
    {
        const string Serial = """
            19849:
             def new generation   total 78656K, used 22413K [0x00000000f0000000, 0x00000000f5550000, 0x00000000f5550000)
              eden space 69952K,  19% used [0x00000000f0000000, 0x00000000f0d63668, 0x00000000f4450000)
              from space 8704K,  99% used [0x00000000f4cd0000, 0x00000000f554fff8, 0x00000000f5550000)
              to   space 8704K,   0% used [0x00000000f4450000, 0x00000000f4450000, 0x00000000f4cd0000)
             tenured generation   total 174784K, used 47894K [0x00000000f5550000, 0x0000000100000000, 0x0000000100000000)
               the space 174784K,  27% used [0x00000000f5550000, 0x00000000f8415bd8, 0x00000000f8415c00, 0x0000000100000000)
             Metaspace       used 9136K, committed 9344K, reserved 1114112K
            """;

        Assert.Equal(
            [
                LabelRanges.Of(0xf0000000, 0xf4450000, "java eden space"), LabelRanges.Of(0xf4450000, 0xf4cd0000, "java to space"),
                LabelRanges.Of(0xf4cd0000, 0xf5550000, "java from space"), LabelRanges.Of(0xf5550000, 0x100000000, "java tenured generation"),
            ],
            JavaMemory.ParseHeap(Serial));
    }

    [Fact]
    public void Heap_OfOnePiece() => Assert.Equal(
        [LabelRanges.Of(0xf0000000, 0x100000000, "java garbage-first heap")],
        JavaMemory.ParseHeap(" garbage-first heap   total 262144K, used 1234K [0x00000000f0000000, 0x0000000100000000)\n  region size 1024K, 3 young (3072K), 0 survivors (0K)\n"));

    [Fact]
    public void Code_OfSeveralHeaps() => Assert.Equal(
        [LabelRanges.Of(0x7fc3d9400000, 0x7fc3e0938000, "java code profiled nmethods"), LabelRanges.Of(0x7fc3e0938000, 0x7fc3e0ec7000, "java code non-nmethods")],
        JavaMemory.ParseCode("""
            CodeHeap 'profiled nmethods': size=120032Kb used=1704Kb max_used=1704Kb free=118327Kb
             bounds [0x00007fc3d9400000, 0x00007fc3d9670000, 0x00007fc3e0938000]
            CodeHeap 'non-nmethods': size=5692Kb used=1133Kb max_used=1148Kb free=4558Kb
             bounds [0x00007fc3e0938000, 0x00007fc3e0ba8000, 0x00007fc3e0ec7000]
            """));

    /// <summary>JDK 22 and later: mappings that are the JVM's have a tag, others a file or nothing.</summary>
    [Fact]
    public void Map_OfTags() => Assert.Equal(
        [
            LabelRanges.Of(0x7ff800000, 0x7ff91a000, "java heap"), LabelRanges.Of(0x7ffff0000000, 0x7ffff0100000, "java stack"),
            LabelRanges.Of(0x7ffff0200000, 0x7ffff0300000, "java symbol"),
        ],
        JavaMemory.ParseMap("""
            from               to                        vsize prot          rss      hugetlb pgsz notes            info
            0x00000007ff800000-0x00000007ff91a000      1155072 rw-p      1155072            0 4K   com              JAVAHEAP    /jdk/lib/server/classes.jsa
            0x000055a000000000-0x000055a000001000         4096 r-xp         4096            0 4K   com              -           /usr/bin/java
            0x00007ffff0000000-0x00007ffff0100000      1048576 rw-p        40960            0 4K   com              STACK:123-main
            0x00007ffff0200000-0x00007ffff0300000      1048576 rw-p        40960            0 4K   com              mtSymbol
            """));

    /// <summary>A heap of 256 MB with one array of 64 MB, of which a quarter is touched all the time.</summary>
    [Fact]
    public async Task Snapshot_NamesTheHeap()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/java") && File.Exists("/usr/bin/jcmd"), "java and jcmd are not installed");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.File("Sweep.java"), """
            class Sweep {
                public static void main(String[] args) throws Exception {
                    byte[] all = new byte[64 << 20];
                    System.out.println("ready");
                    while (true) { for (int i = 0; i < all.length / 4; i += 4096) all[i]++; Thread.sleep(20); }
                }
            }
            """);
        var start = new ProcessStartInfo("java", ["-Xmx256m", "-XX:+UseSerialGC", folder.File("Sweep.java")]) { RedirectStandardOutput = true };
        using Process java = Process.Start(start)!;
        try
        {
            Assert.Equal("ready", await java.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
            CommandRun run = await Snapshots.SnapshotTests.RunAsync("snapshot", "-p", $"{java.Id}", "--names", "jvm", "--json", "--window", "2s");
            Assert.SkipWhen(run.Error.Contains("jcmd:", StringComparison.Ordinal), run.Error);

            Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
            JsonElement[] heap = [.. JsonDocument.Parse(run.Output).RootElement.GetProperty("labels").EnumerateArray()
                .Where(static label => label.GetProperty("label").GetString() is "java eden space" or "java tenured generation")];
            Assert.InRange(heap.Sum(static space => (long)space.GetProperty("touched_bytes").GetUInt64()), 16L << 20, 17L << 20);
            Assert.True(heap.Sum(static space => (long)space.GetProperty("cold_bytes").GetUInt64()) >= 47L << 20, run.Output);
        }
        finally
        {
            java.Kill();
            await java.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
    }
}
