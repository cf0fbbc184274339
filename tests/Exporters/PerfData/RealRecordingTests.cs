using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.Tests.PerfData;

/// <summary>Real recordings as oracles: perf listens to the kernel's own DAMON, and our text of its file must be its own text.</summary>
public class RealRecordingTests
{
    private static readonly string[] s_listen = ["record", "-q", "-e", "damon:damon_aggregated", "-a", "-k", "mono"];

    // PERF_RECORD_KSYMBOL and PERF_RECORD_BPF_EVENT.
    private static readonly int[] s_ofBpf = [17, 18];

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

        AssertIsPerfs(text, null, "-G", "-i", plain.Path);
        AssertIsPerfs(OurText(new FileStream(callchains.Path, FileMode.Open)), null, "-G", "-i", callchains.Path);
        AssertIsPerfs(OurText(new FileStream(compressed.Path, FileMode.Open)), null, "-G", "-i", compressed.Path);
        AssertIsPerfs(OurText(new ForwardOnlyStream(piped)), piped, "-i", "-");
    }

    private static Task<string> Record(TempFile file, params string[] options) =>
        Task.Run(() => PerfTool.Text([.. s_listen, .. options, "-o", file.Path, "sleep", "12"]));

    /// <summary>
    /// perf 6.1 gives up on a file of its own at some record of a BPF program that came or went meanwhile, as those
    /// of other tests do: what it has printed until then is the beginning of the text.
    /// </summary>
    private static void AssertIsPerfs(byte[] ours, byte[]? input, params string[] script)
    {
        (int exitCode, byte[] output, string error) = PerfTool.Run(input, ["script", .. script]);
        bool gaveUp = exitCode != 0 && s_ofBpf.Any(type => error.Contains($"failed to process type: {type}", StringComparison.Ordinal));
        Assert.True(exitCode == 0 || gaveUp, $"perf script: exit code {exitCode} after {output.Length} bytes\n{error}");
        Assert.SkipWhen(gaveUp && output.Length == 0, $"perf cannot read its own file: {error}");
        PerfTool.AssertSameText(output, gaveUp ? ours[..Math.Min(ours.Length, output.Length)] : ours);
    }

    private static byte[] OurText(Stream stream)
    {
        using (stream)
        {
            return Recorded.Text(stream, new PerfScriptOptions { Compat = PerfTool.Compat });
        }
    }
}
