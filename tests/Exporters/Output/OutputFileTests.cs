using Damon.Trace.Exporters.Output;
using Damon.Trace.Exporters.Tests.Parquet;

namespace Damon.Trace.Exporters.Tests.Output;

public sealed class OutputFileTests : IDisposable
{
    private readonly TestDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void File_HasItsNameOnlyWhenComplete()
    {
        string path = _directory.Of("a.txt");
        using OutputFile output = OutputFile.Create(path);
        output.Stream.Write("hello"u8);
        Assert.False(File.Exists(path));
        Assert.Equal(5, new FileInfo(path + ".partial").Length);
        output.Complete();
        Assert.Equal("hello", File.ReadAllText(path));
        Assert.False(File.Exists(path + ".partial"));
    }

    [Fact]
    public void AbandonedFile_KeepsItsPartialNameAndTheOldFile()
    {
        string path = _directory.Of("a.txt");
        File.WriteAllText(path, "old");
        using (OutputFile output = OutputFile.Create(path))
        {
            output.Stream.Write("new"u8);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal("new", File.ReadAllText(path + ".partial"));
    }

    [Fact]
    public void File_IsForItsOwnerOnlyEvenWhereAPartialOneWasLeft()
    {
        string path = _directory.Of("a.txt");
        File.WriteAllText(path + ".partial", "left behind by a crash, and longer than what comes");
        if (!OperatingSystem.IsWindows())
        {
            using OutputFile output = OutputFile.Create(path);
            output.Stream.Write("x"u8);
            output.Complete();
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal("x", File.ReadAllText(path));
        }
    }

    [Fact]
    public void TwoAtOnce_AreRefused()
    {
        string path = _directory.Of("a.txt");
        using OutputFile first = OutputFile.Create(path);
        first.Stream.Write("first"u8);
        IOException error = Assert.Throws<IOException>(() => OutputFile.Create(path));
        Assert.Contains("another process is writing it", error.Message, StringComparison.Ordinal);
        first.Complete();
        Assert.Equal("first", File.ReadAllText(path));
    }

    [Fact]
    public void Directory_IsRefused()
    {
        IOException error = Assert.Throws<IOException>(() => OutputFile.Create(Path.GetDirectoryName(_directory.Of("a"))!));
        Assert.EndsWith("it is a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingDirectory_IsNamed()
    {
        IOException error = Assert.Throws<IOException>(() => OutputFile.Create(_directory.Of("no/such/a.txt")));
        Assert.EndsWith("its directory does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Link_StaysAndItsFileIsReplaced()
    {
        string link = _directory.Of("link");
        string file = _directory.Of("file");
        File.WriteAllText(file, "old");
        File.CreateSymbolicLink(link, file);
        using (OutputFile output = OutputFile.Create(link))
        {
            output.Stream.Write("new"u8);
            output.Complete();
        }

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal(file, new FileInfo(link).LinkTarget);
    }

    [Fact]
    public void PartialThatIsALink_IsRefused()
    {
        string path = _directory.Of("a.txt");
        string victim = _directory.Of("victim");
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink(path + ".partial", victim);
        Assert.Throws<IOException>(() => OutputFile.Create(path));
        Assert.Equal("mine", File.ReadAllText(victim));
    }

    [Fact]
    public void Device_IsWrittenToAndNotReplaced()
    {
        using OutputFile output = OutputFile.Create("/dev/null");
        output.Stream.Write("x"u8);
        output.Complete();
        Assert.Null(output.PartialPath);
        Assert.True(LibC.IsSpecialFile("/dev/null"));
        Assert.False(File.Exists("/dev/null.partial"));
    }

    [Fact]
    public void Dash_IsStandardOutput()
    {
        using OutputFile output = OutputFile.Create("-");
        Assert.Null(output.PartialPath);
        Assert.True(output.Stream.CanWrite);
        Assert.False(output.Stream.CanSeek);
        output.Complete();
    }

    [SkippableFact]
    public void FullDevice_IsAnError()
    {
        Skip.IfNot(File.Exists("/dev/full"), "there is no /dev/full");
        using OutputFile output = OutputFile.Create("/dev/full");
        IOException error = Assert.Throws<IOException>(() => output.Stream.Write("x"u8));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }
}
