using System.Diagnostics;
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
            output.KeepPartial();
            output.Stream.Write("new"u8);
        }

        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal("new", File.ReadAllText(path + ".partial"));
    }

    [Fact]
    public void AbandonedFileOfNoUse_LeavesNoTrace()
    {
        string path = _directory.Of("a.txt");
        using (OutputFile output = OutputFile.Create(path))
        {
            output.Stream.Write("half"u8);
        }

        Assert.False(File.Exists(path));
        Assert.False(File.Exists(path + ".partial"));
    }

    [Fact]
    public void DiscardUnfinished_LeavesOnlyWhatIsOfUse()
    {
        using OutputFile export = OutputFile.Create(_directory.Of("export"));
        using OutputFile recording = OutputFile.Create(_directory.Of("recording"));
        recording.KeepPartial();
        OutputFile.DiscardUnfinished();
        export.Complete();
        Assert.Equal(["recording.partial"], Directory.GetFiles(_directory.Of("")).Select(Path.GetFileName));
    }

    [Fact]
    public void ReplacedFile_StaysAsOldWhereAskedFor()
    {
        string path = _directory.Of("a.txt");
        foreach (string text in (string[])["first", "second", "third"])
        {
            using OutputFile output = OutputFile.Create(path);
            output.Stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            output.Complete(keepOld: true);
            Assert.Equal(text.Length, output.Length);
        }

        Assert.Equal("third", File.ReadAllText(path));
        Assert.Equal("second", File.ReadAllText(path + ".old"));
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
        IOException error = Assert.Throws<OutputException>(() => OutputFile.Create(path));
        Assert.Contains("another process is writing it", error.Message, StringComparison.Ordinal);
        first.Complete();
        Assert.Equal("first", File.ReadAllText(path));
    }

    [Fact]
    public void Directory_IsRefused()
    {
        IOException error = Assert.Throws<OutputException>(() => OutputFile.Create(Path.GetDirectoryName(_directory.Of("a"))!));
        Assert.EndsWith("it is a directory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MissingDirectory_IsNamed()
    {
        IOException error = Assert.Throws<OutputException>(() => OutputFile.Create(_directory.Of("no/such/a.txt")));
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

    /// <summary>Links by relative names lead on from where they are, whatever the current directory is.</summary>
    [Theory]
    [InlineData("file")]
    [InlineData("./sub/../file")]
    [InlineData("second")]
    public void RelativeLink_LeadsOnFromWhereItIs(string target)
    {
        string file = _directory.Of("file");
        File.WriteAllText(file, "old");
        Directory.CreateDirectory(_directory.Of("sub"));
        File.CreateSymbolicLink(_directory.Of("second"), "sub/third");
        File.CreateSymbolicLink(_directory.Of("sub/third"), "../file");
        File.CreateSymbolicLink(_directory.Of("link"), target);
        using (OutputFile output = OutputFile.Create(_directory.Of("link")))
        {
            output.Stream.Write("new"u8);
            output.Complete();
        }

        Assert.Equal("new", File.ReadAllText(file));
        Assert.Equal(target, new FileInfo(_directory.Of("link")).LinkTarget);
    }

    [Fact]
    public void DanglingLink_GetsItsFile()
    {
        File.CreateSymbolicLink(_directory.Of("link"), "file");
        using (OutputFile output = OutputFile.Create(_directory.Of("link")))
        {
            output.Stream.Write("new"u8);
            output.Complete();
        }

        Assert.Equal("new", File.ReadAllText(_directory.Of("file")));
    }

    [Fact]
    public void LinkToItself_IsRefused()
    {
        File.CreateSymbolicLink(_directory.Of("link"), "link");
        IOException error = Assert.Throws<OutputException>(() => OutputFile.Create(_directory.Of("link")));
        Assert.Contains("too many links", error.Message, StringComparison.Ordinal);
    }

    /// <summary>What the directory's name stands for afterwards is not where the file is written.</summary>
    [Fact]
    public void DirectoryReplacedMeanwhile_DoesNotGetTheFile()
    {
        string folder = _directory.Of("folder");
        Directory.CreateDirectory(folder);
        Directory.CreateDirectory(_directory.Of("elsewhere"));
        using OutputFile output = OutputFile.Create(Path.Combine(folder, "a.txt"));
        Directory.Move(folder, _directory.Of("moved"));
        File.CreateSymbolicLink(folder, "elsewhere");
        output.Stream.Write("x"u8);
        output.Complete();
        Assert.Equal("x", File.ReadAllText(_directory.Of("moved/a.txt")));
        Assert.Empty(Directory.GetFiles(_directory.Of("elsewhere")));
    }

    [Fact]
    public void LinkOfAnotherUserInASharedDirectory_IsRefused()
    {
        Assert.SkipUnless(Environment.UserName == "root", "making files of another user needs root");
        string shared = _directory.Of("shared");
        Directory.CreateDirectory(shared);
        Run("chmod", "1777", shared);
        foreach (string name in (string[])["link", "pipe", "a.txt.partial"])
        {
            string path = Path.Combine(shared, name);
            _ = name == "link" ? Run("ln", "-s", _directory.Of("victim"), path) : name == "pipe" ? Run("mkfifo", path) : Run("touch", path);
            Run("chown", "-h", "65534:65534", path);
            IOException error = Assert.Throws<OutputException>(
                () => OutputFile.Create(path.EndsWith(".partial", StringComparison.Ordinal) ? Path.Combine(shared, "a.txt") : path));
            Assert.Contains("of another user", error.Message, StringComparison.Ordinal);
        }

        Assert.False(File.Exists(_directory.Of("victim.partial")));
    }

    [Fact]
    public void PartialThatIsAHardLink_IsRefused()
    {
        string path = _directory.Of("a.txt");
        string victim = _directory.Of("victim");
        File.WriteAllText(victim, "mine");
        Run("ln", victim, path + ".partial");
        Assert.Throws<OutputException>(() => OutputFile.Create(path));
        Assert.Equal("mine", File.ReadAllText(victim));
    }

    /// <summary>A name that is not UTF-8, as a link may hold it, is a name like any other.</summary>
    [Fact]
    public void LinkToANameThatIsNotUtf8_IsFollowed()
    {
        string folder = _directory.Of("");
        Run("bash", "-c", $"cd '{folder}' && ln -s $'\xff\xfe' link");
        using (OutputFile output = OutputFile.Create(_directory.Of("link")))
        {
            output.Stream.Write("x"u8);
            output.Complete();
        }

        Assert.Equal("x", Run("bash", "-c", $"cd '{folder}' && cat $'\xff\xfe'"));
    }

    [Fact]
    public void PartialThatIsALink_IsRefused()
    {
        string path = _directory.Of("a.txt");
        string victim = _directory.Of("victim");
        File.WriteAllText(victim, "mine");
        File.CreateSymbolicLink(path + ".partial", victim);
        Assert.Throws<OutputException>(() => OutputFile.Create(path));
        Assert.Equal("mine", File.ReadAllText(victim));
    }

    [Fact]
    public void Device_IsWrittenToAndNotReplaced()
    {
        using OutputFile output = OutputFile.Create("/dev/null");
        output.Stream.Write("x"u8);
        output.Complete();
        Assert.Null(output.PartialPath);
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

    [Fact]
    public void FullDevice_IsAnError()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        using OutputFile output = OutputFile.Create("/dev/full");
        IOException error = Assert.Throws<OutputException>(() => output.Stream.Write("x"u8));
        Assert.Contains("No space left on device", error.Message, StringComparison.Ordinal);
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
