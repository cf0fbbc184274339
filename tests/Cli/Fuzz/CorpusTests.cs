using Damon.Trace.Fuzz;

namespace Damon.Trace.Cli.Tests.Fuzz;

/// <summary>
/// What tools/fuzz began with, and every input with which it found something: each is read, or refused with one line. A finding is kept under the
/// name of its kind in tools/fuzz/corpus/READER.
/// </summary>
public sealed class CorpusTests
{
    /// <summary>Inputs are some kilobytes; the bounds are those of a machine that is busy with other things.</summary>
    private const long MaxAllocatedBytes = 512L << 20;

    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(60);

    public static TheoryData<string> Names => [.. Readers.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Input_IsReadOrRefused(string reader)
    {
        string[] files = Directory.GetFiles(Path.Combine(Repository.Root, "tools", "fuzz", "corpus", reader));
        Assert.NotEmpty(files);
        foreach (string file in files)
        {
            byte[] input = File.ReadAllBytes(file);
            long allocated = 0;
            string end = "";
            var thread = new Thread(() =>
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                end = Readers.Try(Readers.All[reader], input);
                allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            });
            thread.IsBackground = true;
            thread.Start();

            Assert.True(thread.Join(s_hang), $"{file} hangs");
            Assert.True(end is "read" || end.StartsWith("refused: ", StringComparison.Ordinal), $"{file}: {end}");
            Assert.True(allocated < MaxAllocatedBytes, $"{file} takes {allocated} bytes");
        }
    }
}
