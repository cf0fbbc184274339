using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Damon.Trace.Cli.Tests.Record;

/// <summary>Programs of others, under load: they keep working, and the recording has whole snapshots at the default settings.</summary>
[Trait("Category", "Linux")]
public sealed class RealProgramTests
{
    // Ten seconds at the defaults give at least fifteen; three quarters of the time, a bit less than that share.
    private const int SnapshotsIn8Seconds = 11;

    [Fact]
    public async Task Record_LeavesRedisWorking()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/redis-server") && File.Exists("/usr/bin/redis-benchmark"), "redis-server is not installed");
        int port = FreePort();
        using var redis = new ChildProgram(
            "redis-server", "--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no");
        await WaitForRedisAsync(port);
        using var load = new ChildProgram("redis-benchmark", "-p", $"{port}", "-q", "-t", "set,get", "-r", "100000", "-n", "100000000", "-d", "512");

        CommandRun run = await RecordAsync(redis.Pid, out string path);

        Assert.False(load.HasExited, "the load ended early: the server failed it");
        Assert.Equal("+OK\r\n", await AskRedisAsync(port, "SET answer 42\r\n"));
        Assert.Equal("$2\r\n42\r\n", await AskRedisAsync(port, "GET answer\r\n"));
        AssertRecorded(run, path);
    }

    [Fact]
    public async Task Record_LeavesADotNetProcessWorking()
    {
        // The exerciser is a real .NET process with a garbage collector and a JIT; it counts its own sweeps.
        using var exerciser = ExerciserRun.Start("--size", "128M", "--hot", "16M", "--warm", "0", "--throttle", "5ms", "--threads", "4");

        CommandRun run = await RecordAsync(exerciser.Pid, out string path);
        ExerciserTruth truth = exerciser.Stop();

        Assert.True(truth.TouchesPerCpuSecond > 0);
        AssertRecorded(run, path);
    }

    private static Task<CommandRun> RecordAsync(int pid, out string path)
    {
        path = Path.Combine(Path.GetTempPath(), $"damon-trace-real-{pid}.nettrace");
        return CommandRun.RunAsync("record", "-p", $"{pid}", "--duration", "8s", "-o", path);
    }

    private static void AssertRecorded(CommandRun run, string path)
    {
        try
        {
            Assert.True(run.ExitCode == ExitCode.Ok, run.Error);
            RecordedSnapshots recorded = RecordedSnapshots.Read(path);
            Assert.True(recorded.Snapshots.Count >= SnapshotsIn8Seconds, $"{recorded.Snapshots.Count} snapshots: {run.Error}");
            Assert.All(recorded.Snapshots, snapshot => Assert.True(snapshot.Complete));
            Assert.Contains(recorded.Snapshots, snapshot => snapshot.Regions.Any(region => region.NrAccesses > 0));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task WaitForRedisAsync(int port)
    {
        for (int i = 0; i < 100; i++)
        {
            try
            {
                Assert.Equal("+PONG\r\n", await AskRedisAsync(port, "PING\r\n"));
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(100);
            }
        }

        Assert.Fail("redis-server does not answer");
    }

    private static async Task<string> AskRedisAsync(int port, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(System.Net.IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command));
        byte[] answer = new byte[256];
        int length = await stream.ReadAsync(answer);
        return Encoding.ASCII.GetString(answer, 0, length);
    }

    private sealed class ChildProgram : IDisposable
    {
        private readonly Process _process;

        internal ChildProgram(string program, params string[] arguments)
        {
            var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
            _process = Process.Start(start)!;
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
        }

        internal int Pid => _process.Id;

        internal bool HasExited => _process.HasExited;

        /// <inheritdoc/>
        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
                _process.WaitForExit();
            }

            _process.Dispose();
        }
    }
}
