using System.Net.Sockets;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>A recording is what the recorder's own runtime says, never what somebody else has put in a place where anybody can write.</summary>
[Trait("Category", "Linux")]
public sealed class DiagnosticPortTests
{
    /// <summary>Newest of all whose name fits: what the client library would take.</summary>
    [Theory]
    [InlineData("record")]
    [InlineData("live")]
    public void PlantedPort_IsNotBelieved(string command)
    {
        using var folder = new TemporaryFolder();
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");
        Assert.Equal(0, Bash.Run("mkfifo \"$1\"", folder.File("go")).ExitCode);
        string output = command == "record" ? $"-o '{folder.File("a.nettrace")}'" : "";
        using ToolProcess tool = Bash.Start(
            $"export TMPDIR=\"$1\"; echo $$; read -r _ < \"$1/go\"; exec $tool {command} -p $2 {output} --duration 3s", folder.Path, $"{exerciser.Pid}");
        string pid = tool.Output.ReadLine()!;
        string planted = folder.File($"dotnet-diagnostic-{pid}-999999999-socket");
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(planted));
        socket.Listen();
        File.SetLastWriteTimeUtc(planted, DateTime.UtcNow.AddDays(1));
        File.WriteAllText(folder.File("go"), "\n");

        CommandRun run = tool.Wait();

        Assert.False(socket.Poll(0, SelectMode.SelectRead), "somebody connected to the planted socket");
        Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
    }

    /// <summary>Whoever can write to the folder could replace the port between a look at it and its use.</summary>
    [Fact]
    public void FolderWhereOthersCanReplaceThePort_IsRefused()
    {
        using var folder = new TemporaryFolder();
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        using var exerciser = ExerciserRun.Start("--size", "16M", "--hot", "4M", "--warm", "0");

        CommandRun run = Bash.Run("TMPDIR=\"$1\" $tool record -p $2 -o - --duration 1s", folder.Path, $"{exerciser.Pid}");

        Assert.Equal(ExitCode.NoAccessCheck, run.ExitCode);
        Assert.Contains("where others could replace it", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }
}
