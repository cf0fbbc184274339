using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>Real recordings as oracles: perf listens to the kernel's own DAMON, and our text of its file must be its own text.</summary>
public class RealRecordingTests
{
    private static readonly string[] s_listen = ["record", "-q", "-e", "damon:damon_aggregated", "-a", "-k", "mono"];

    [Fact]
    public async Task Our_text_of_a_recording_is_perfs_text()
    {
        Assert.SkipWhen(PerfTool.CannotRecord is not null, PerfTool.CannotRecord ?? "");
        using TempFile plain = new();
        using TempFile callchains = new();
        using TempFile compressed = new();
        Task<byte[]> pipe = Task.Run(() => PerfTool.Run(null, [.. s_listen, "-o", "-", "sleep", "12"]).Output);
        Task files = Task.WhenAll(
            Record(plain), Record(callchains, "-g"), Record(compressed, "-z"));
        await files;
        byte[] piped = await pipe;
        byte[] text = OurText(new FileStream(plain.Path, FileMode.Open));
        Assert.SkipWhen(text.Length == 0, "no kdamond emitted anything");

        PerfTool.AssertSameText(PerfText(plain), text);
        PerfTool.AssertSameText(PerfText(callchains), OurText(new FileStream(callchains.Path, FileMode.Open)));
        PerfTool.AssertSameText(PerfText(compressed), OurText(new FileStream(compressed.Path, FileMode.Open)));
        PerfTool.AssertSameText(PerfTool.Run(piped, "script", "-i", "-").Output, OurText(new ForwardOnlyStream(piped)));
    }

    private static Task<string> Record(TempFile file, params string[] options) =>
        Task.Run(() => PerfTool.Text([.. s_listen, .. options, "-o", file.Path, "sleep", "12"]));

    private static byte[] PerfText(TempFile file)
    {
        (int exitCode, byte[] output, string error) = PerfTool.Run(null, "script", "-G", "-i", file.Path);
        Assert.True(exitCode == 0, $"perf script: exit code {exitCode} after {output.Length} bytes\n{error}");
        return output;
    }

    private static byte[] OurText(Stream stream)
    {
        using (stream)
        {
            return Recorded.Text(stream, new PerfScriptOptions { Compat = PerfTool.Compat });
        }
    }
}
