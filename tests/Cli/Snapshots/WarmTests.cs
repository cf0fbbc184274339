using System.Diagnostics;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Cli.Tests.Snapshots;

/// <summary>Files thrown out of memory and loaded again; fincore of util-linux says the same.</summary>
[Trait("Category", "Linux")]
public sealed class WarmTests : IDisposable
{
    private const int FileBytes = 8 << 20;
    private const ulong Page = 4096;

    // Not /tmp, which may be in memory and cannot be thrown out.
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"warm-{Guid.NewGuid():N}")).FullName;

    [Fact]
    public async Task Warm_LoadsExactlyWhatWasTouched()
    {
        string data = CreateData();
        string set = Write(data, 0, 256, 1024, 512);
        Evict(data);
        long before = Fincore(data);

        CommandRun dry = await CommandRun.RunAsync("warm", set, "--dry-run");
        long afterDry = Fincore(data);
        CommandRun run = await CommandRun.RunAsync("warm", set);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal(before, afterDry);
        Assert.Contains("0.0 % of 3.00 MiB are in memory (mincore), 3.00 MiB would be loaded", dry.Output, StringComparison.Ordinal);
        Assert.Contains("100.0 % of 3.00 MiB are in memory (mincore), 0.0 % were before", run.Output, StringComparison.Ordinal);
        Assert.Equal(before + ((256 + 512) * (long)Page), Fincore(data));
    }

    [Fact]
    public async Task Limit_LoadsNoMoreAndSaysSo()
    {
        string data = CreateData();
        string set = Write(data, 0, 256, 1024, 512);
        Evict(data);
        long before = Fincore(data);

        CommandRun run = await CommandRun.RunAsync("warm", set, "--limit", "2M");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("--limit 2.00 MiB: 1.00 MiB were left out", run.Output, StringComparison.Ordinal);
        Assert.Equal(before + (2 << 20), Fincore(data));
    }

    [Fact]
    public async Task AChangedFile_IsRefusedUnlessAllowed()
    {
        string data = CreateData();
        string set = Write(data, 0, 256, 1024, 512);
        File.SetLastWriteTimeUtc(data, DateTime.UtcNow.AddHours(1));

        (await CommandRun.RunAsync("warm", set)).AssertMistake(ExitCode.BadInput, "files changed: 1, missing: 0");
        CommandRun allowed = await CommandRun.RunAsync("warm", set, "--allow-changed");

        Assert.True(allowed.ExitCode == ExitCode.Ok, allowed.Error);
        Assert.Contains("(changed, loaded)", allowed.Output, StringComparison.Ordinal);
    }

    /// <summary>It now ends in the second range: what is behind its end cannot be loaded and is not asked for.</summary>
    [Fact]
    public async Task AShorterFile_IsLoadedUpToItsEnd()
    {
        string data = CreateData();
        string set = Write(data, 0, 256, 1024, 512);
        using (FileStream file = File.OpenWrite(data))
        {
            file.SetLength((1024 * (long)Page) + 100);
        }

        CommandRun run = await CommandRun.RunAsync("warm", set, "--allow-changed");

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("100.0 % of 1.00 MiB are in memory", run.Output, StringComparison.Ordinal);
        Assert.Contains("3.00 MiB    1.00 MiB    1.00 MiB    1.00 MiB", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AMissingFile_IsSaid()
    {
        string data = CreateData();
        string set = Write(data, 0, 256);
        File.Delete(data);

        (await CommandRun.RunAsync("warm", set)).AssertMistake(ExitCode.BadInput, "files changed: 0, missing: 1");
    }

    [Fact]
    public async Task OneMissingFile_DoesNotKeepTheOthers()
    {
        string data = CreateData();
        string set = Write(data, [0, 256], new WorkingSetFile(Path.Combine(_folder, "gone"), 10, 10, null));

        CommandRun run = await CommandRun.RunAsync("warm", set);

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Contains("missing: No such file", run.Output, StringComparison.Ordinal);
        Assert.Contains("not loaded: files changed: 0, missing: 1\nhint: ", run.Error.Replace("\r", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutFilePages_ThereIsNothingToLoad()
    {
        string set = Write(CreateData());

        (await CommandRun.RunAsync("warm", set)).AssertMistake(ExitCode.BadInput, "has no touched page of a file");
        (await CommandRun.RunAsync("warm", "/nowhere/a.workingset")).AssertMistake(ExitCode.BadInput, "there is no file");
    }

    [Fact]
    public async Task Compare_TakesTwoWorkingSetsOrTwoRecordings()
    {
        string data = CreateData();
        string a = Write(data, 0, 256);
        File.Move(a, a + ".a");
        string b = Write(data, 128, 256);
        string text = Path.Combine(_folder, "a.txt");
        await File.WriteAllTextAsync(text, "no recording");

        CommandRun run = await CommandRun.RunAsync("report", "compare", a + ".a", b);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Contains("overlap of touched pages: 33.3 %", run.Output, StringComparison.Ordinal);
        (await CommandRun.RunAsync("report", "compare", a + ".a", text)).AssertMistake(ExitCode.BadInput, "is a working set");
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string CreateData()
    {
        string path = Path.Combine(_folder, "data");
        using FileStream file = File.Create(path);
        file.Write(new byte[FileBytes]);
        file.Flush(flushToDisk: true);
        return path;
    }

    private string Write(string data, params ulong[] touched) => Write(data, touched, others: []);

    private string Write(string data, ulong[] touched, params WorkingSetFile[] others)
    {
        WorkingSetFile[] files = [FileIdentity.Of(data, data)!, .. others];
        WorkingSetMapping mapping = new()
        {
            Start = 0x100000,
            End = 0x100000 + FileBytes,
            Permissions = "r--s",
            Name = data,
            File = 0,
            FileOffsetBytes = 0,
            ResidentPages = FileBytes / Page,
            UnknownPages = 0,
            Touched = touched,
        };
        var document = new WorkingSetDocument
        {
            Format = WorkingSetDocument.FormatName,
            Version = WorkingSetDocument.CurrentVersion,
            TakenWallNs = 1,
            WindowNs = 1,
            ReadNs = 1,
            PageBytes = Page,
            Target = new WorkingSetTarget(1, 1, null, "app", "app"),
            Files = files,
            Mappings = [.. files.Select((_, i) => mapping with
            {
                Start = mapping.Start + ((ulong)i * FileBytes),
                End = mapping.End + ((ulong)i * FileBytes),
                File = i,
            })],
        };
        string path = Path.Combine(_folder, "a.workingset");
        using FileStream file = File.Create(path);
        WorkingSetWriter.Write(document, file);
        return path;
    }

    /// <summary>dd asks the system to forget the whole file (POSIX_FADV_DONTNEED), which takes it where nobody else uses it.</summary>
    private static void Evict(string path)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/fincore"), "fincore is not installed");
        using Process dd = Process.Start(new ProcessStartInfo("dd", [$"if={path}", "iflag=nocache", "count=0"]) { RedirectStandardError = true })!;
        dd.WaitForExit();
        Assert.SkipWhen(Fincore(path) > FileBytes / 100, "this file system does not let go of pages");
    }

    private static long Fincore(string path)
    {
        using Process fincore = Process.Start(new ProcessStartInfo("/usr/bin/fincore", ["-b", "-n", "-o", "RES", path]) { RedirectStandardOutput = true })!;
        return long.Parse(fincore.StandardOutput.ReadToEnd().Trim(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
