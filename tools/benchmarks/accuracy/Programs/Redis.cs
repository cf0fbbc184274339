using System.Diagnostics;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>redis-server with 400,000 keys of 1,000 bytes, of which the first 30,000 are read at random.</summary>
/// <param name="savesMeanwhile">Whether a child writes all of them to a file in the middle of the recording.</param>
internal sealed class Redis(bool savesMeanwhile) : ServerProgram
{
    private const int Keys = 400_000;
    private const int BusyKeys = 30_000;

    private string Socket => Path.Combine(Folder, "redis.sock");

    /// <inheritdoc/>
    internal override int Start()
    {
        Process server = Run(
            Require("redis-server"), "--port", "0", "--unixsocket", Socket, "--save", "", "--appendonly", "no", "--dir", Folder);
        Await(() => File.Exists(Socket), "the socket of redis-server");
        Fill();
        Run(Require("redis-benchmark"), "-s", Socket, "-t", "get", "-r", Text(BusyKeys), "-n", "1000000000", "-c", "4", "-q");
        Thread.Sleep(2000);
        return server.Id;
    }

    /// <inheritdoc/>
    internal override void Interrupt()
    {
        if (savesMeanwhile)
        {
            Output(Require("redis-cli"), "-s", Socket, "BGSAVE");
        }
    }

    private void Fill()
    {
        var start = new ProcessStartInfo(Require("redis-cli"), ["-s", Socket, "--pipe"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using Process cli = Process.Start(start)!;
        string value = new('x', 1000);
        for (int key = 0; key < Keys; key++)
        {
            cli.StandardInput.Write($"SET key:{key:D12} {value}\r\n");
        }

        cli.StandardInput.Close();
        cli.StandardOutput.ReadToEnd();
        cli.WaitForExit();
    }
}
