using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Files;

/// <summary>An output that cannot be written is an error of the output: exit code 4, one line, a hint, and no file that looks whole.</summary>
[Trait("Category", "Linux")]
public sealed class OutputErrorTests
{
    /// <summary>As a relative link in the working folder was once followed into the root folder.</summary>
    [Theory]
    [InlineData("export", "ex.txt")]
    [InlineData("record", "ex.nettrace")]
    [InlineData("report", "ex.html")]
    public void RelativeLinkAsOutput_LeadsOnFromWhereItIs(string command, string file)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        string arguments = command == "record" ? $"-p {exerciser.Pid} --duration 2s" : "-i ../a.txt --sample 5ms --aggr 100ms";
        string link = "ln" + Path.GetExtension(file);
        arguments = command == "export" ? "-i ../a.txt" : arguments;

        CommandRun run = Bash.Run($"cd \"$1\" && mkdir sub && cd sub && echo old > {file} && ln -s {file} {link} && $tool {command} {arguments} -o {link}", folder.Path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.True(new FileInfo(folder.File($"sub/{file}")).Length > 100, "the file behind the link was not written");
        Assert.Equal(file, new FileInfo(folder.File($"sub/{link}")).LinkTarget);
        Assert.False(File.Exists("/" + file), $"/{file} was written");
    }

    [Theory]
    [InlineData("report heatmap", "out.svg")]
    [InlineData("report summary", "out.json")]
    [InlineData("report", "out.html")]
    [InlineData("export", "out.txt")]
    [InlineData("export", "out.perf.data")]
    [InlineData("export", "out.damo.json")]
    [InlineData("export --format ctf", "out")]
    public void FullDisk_LeavesNothing(string command, string file)
    {
        using var disk = new SmallDisk(4);
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"), 400);

        // Leaves no room for as much as a page.
        File.WriteAllBytes(disk.File("fill"), new byte[4096]);
        CommandRun run = Bash.Run($"$tool {command} -i \"$1\" -o \"$2\"", folder.File("a.txt"), disk.File(file));

        run.AssertMistake(ExitCode.OutputFailed, "No space left on device");
        Assert.Equal([disk.File("fill")], Directory.GetFileSystemEntries(disk.Path));
    }

    /// <summary>What is whole only at its end does not stand under its final name when it was not written to its end.</summary>
    [Theory]
    [InlineData("a.perf.data")]
    [InlineData("a.damo.json")]
    [InlineData("a.txt")]
    public void RecordOnAFullDisk_PublishesOnlyWhatIsWhole(string file)
    {
        using var disk = new SmallDisk(128);
        using var exerciser = ExerciserRun.Start("--size", "64M", "--hot", "8M", "--warm", "0");

        CommandRun run = ToolProcess.Run(
            "record", "-p", $"{exerciser.Pid}", "--sample", "5ms", "--aggr", "100ms", "--min-regions", "900", "--duration", "60s", "-o", disk.File(file));

        Assert.Equal(ExitCode.OutputFailed, run.ExitCode);
        Assert.Contains("No space left on device", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal(file == "a.txt", File.Exists(disk.File(file)));
        if (file == "a.txt")
        {
            Assert.EndsWith("\n", File.ReadAllText(disk.File(file)), StringComparison.Ordinal);
            Assert.All(RecordedSnapshots.Read(disk.File(file)).Snapshots, snapshot => Assert.True(snapshot.Complete));
        }
    }

    /// <summary>A pipe is kept in a temporary file for reports: it has no name, so nothing can stay of it.</summary>
    [Fact]
    public void FullTemporaryFolder_IsSaidAndLeavesNothing()
    {
        using var disk = new SmallDisk(64);
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"), 2000);

        CommandRun run = Bash.Run("export TMPDIR=\"$2\" DOTNET_EnableDiagnostics=0; cat \"$1\" 2>/dev/null | $tool report summary -i -", folder.File("a.txt"), disk.Path);

        run.AssertMistake(ExitCode.OutputFailed, "no temporary copy of the input can be kept");
        Assert.Empty(Directory.GetFileSystemEntries(disk.Path));
    }

    /// <summary>As perf does: a recording cannot be made again.</summary>
    [Fact]
    public void Record_KeepsTheOldRecording()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("a.nettrace");
        File.WriteAllText(path, "precious");
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        CommandRun run = ToolProcess.Run("record", "-p", $"{exerciser.Pid}", "--duration", "2s", "-o", path);

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
        Assert.Equal("precious", File.ReadAllText(path + ".old"));
        Assert.NotEmpty(RecordedSnapshots.Read(path).Snapshots);
    }

    [Fact]
    public void NameThatIsNotUtf8_IsRefusedInPlainWords() =>
        Bash.Run("$tool script -i $'\\xff.txt'").AssertMistake(ExitCode.Usage, "is not UTF-8");

    /// <summary>What goes to a pipe of the shell is no file to be replaced.</summary>
    [Fact]
    public void ProcessSubstitution_IsWrittenTo()
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));

        CommandRun run = Bash.Run("$tool export -i \"$1\" --format txt -o >(cat > \"$2\"); wait $!; $tool export -i \"$1\" --format txt -o /dev/stdout | cmp - \"$2\"", folder.File("a.txt"), folder.File("b.txt"));

        Assert.True(run.ExitCode == ExitCode.Ok, run.Error + run.Output);
    }
}
