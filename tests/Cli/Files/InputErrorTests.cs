using Damon.Trace.Cli.Tests.Formats;

namespace Damon.Trace.Cli.Tests.Files;

/// <summary>An input that cannot be read, or holds nothing, is an error of the input: exit code 5, one line, a hint.</summary>
public sealed class InputErrorTests
{
    public static TheoryData<string> Commands => new("script", "export -o out.txt", "report", "report heatmap", "report -o out.html");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task MissingFile_IsNamed(string command) =>
        (await RunAsync(command, "/nowhere/a.nettrace")).AssertMistake(ExitCode.BadInput, "there is no file '/nowhere/a.nettrace'");

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task FileThatReturnsErrors_IsNamed(string command)
    {
        // Page 0 of a process is never mapped.
        Assert.SkipUnless(File.Exists("/proc/self/mem"), "there is no /proc/self/mem");
        (await RunAsync(command, "/proc/self/mem")).AssertMistake(ExitCode.BadInput, "cannot read '/proc/self/mem'");
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task EmptyFile_IsRefused(string command)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("empty");
        await File.WriteAllBytesAsync(path, []);

        (await RunAsync(command, path)).AssertMistake(ExitCode.BadInput, "empty");
    }

    /// <summary>Nothing is no answer: a recording without any snapshot is refused, and no output is made of it.</summary>
    [Theory]
    [MemberData(nameof(Commands))]
    public async Task RecordingWithoutSnapshots_IsRefused(string command)
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("other.nettrace");
        await File.WriteAllBytesAsync(path, EmptyNetTrace());

        CommandRun run = await RunAsync(command.Replace("out.", folder.File("out."), StringComparison.Ordinal), path);

        run.AssertMistake(ExitCode.BadInput, "there is no damon_aggregated event");
        Assert.Equal([path], Directory.GetFiles(folder.Path));
    }

    [Theory]
    [InlineData("report wss --target 99")]
    [InlineData("report summary --time-range 1h..2h")]
    [InlineData("report times --target 5 --json")]
    public async Task SelectionOfNothing_IsRefused(string command)
    {
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));

        CommandRun run = await RunAsync(command, folder.File("a.txt"));

        run.AssertMistake(ExitCode.BadInput, "none of 60 snapshots is of the target and time asked for");
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task UnreadableFile_SaysPermission()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        using var folder = new TemporaryFolder();
        SyntheticText.Write(folder.File("a.txt"));
        File.SetUnixFileMode(folder.File("a.txt"), UnixFileMode.None);

        (await RunAsync("script", folder.File("a.txt"))).AssertMistake(ExitCode.BadInput, "permission denied");
    }

    private static Task<CommandRun> RunAsync(string command, string input) => CommandRun.RunAsync([.. command.Split(' '), "-i", input]);

    /// <summary>A whole .nettrace of no events: its head (version 4), the trace object, the end of the stream.</summary>
    private static byte[] EmptyNetTrace()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write("Nettrace"u8);
        writer.Write(20);
        writer.Write("!FastSerialization.1"u8);
        writer.Write((byte[])[5, 5, 1]);
        writer.Write(4);
        writer.Write(4);
        writer.Write(5);
        writer.Write("Trace"u8);
        writer.Write((byte)6);
        writer.Write(new byte[16]);
        writer.Write(0L);
        writer.Write(1_000_000_000L);
        writer.Write(8);
        writer.Write(1234);
        writer.Write(2);
        writer.Write(0);
        writer.Write((byte[])[6, 1]);
        return bytes.ToArray();
    }
}
