namespace Damon.Trace.Tracer.Tests.LttngUst;

/// <summary>
/// A recording session of the real lttng. Where no session daemon runs, one of ours is started and ended by its pid; a daemon that runs
/// already is used and left as it was.
/// </summary>
internal sealed class LttngSession : IDisposable
{
    private readonly string _lttng = ForeignTool.Require("lttng");
    private readonly string _babeltrace = ForeignTool.Require("babeltrace2");
    private readonly string _name = $"damon-trace-test-{Environment.ProcessId}-{Guid.NewGuid():N}";
    private readonly TemporaryDirectory _directory = new();
    private readonly ForeignTool? _daemon;

    internal LttngSession()
    {
        string daemon = ForeignTool.Require("lttng-sessiond");
        if (!Answers())
        {
            _daemon = ForeignTool.Start(daemon, ["--no-kernel", "--quiet"]);
            for (int i = 0; !Answers(); i++)
            {
                Assert.True(i < 100 && !_daemon.HasExited, "lttng-sessiond does not answer");
                Thread.Sleep(100);
            }
        }

        Lttng("create", _name, "--output", _directory.File("trace"));
    }

    /// <summary>Records an event, with a filter if there is one.</summary>
    internal void Record(string name, string? filter = null)
    {
        // 8 sub-buffers of a megabyte per CPU: no burst of a test fills them.
        Lttng("enable-channel", "-u", "-s", _name, "--subbuf-size", "1M", "--num-subbuf", "8", "wide");
        Lttng(["enable-event", "-u", name, "-s", _name, "-c", "wide", .. filter is null ? (string[])[] : ["--filter", filter]]);
        Lttng("start", _name);
    }

    /// <summary>Ends the recording and returns its events as babeltrace2 prints them.</summary>
    internal string[] StopAndRead()
    {
        Lttng("stop", _name);
        return ForeignTool.Run(_babeltrace, _directory.File("trace")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    public void Dispose()
    {
        Lttng("destroy", _name);
        if (_daemon is not null)
        {
            _daemon.Stop();
            _daemon.Dispose();
        }

        _directory.Dispose();
    }

    private void Lttng(params string[] arguments) => ForeignTool.Run(_lttng, ["--no-sessiond", .. arguments]);

    private bool Answers()
    {
        using ForeignTool list = ForeignTool.Start(_lttng, ["--no-sessiond", "list"]);
        return list.WaitForEnd().Status == 0;
    }
}
