using System.Runtime.InteropServices;
using Damon.Trace.Cli.DotNet;

namespace Damon.Trace.Cli.Tests.DotNet;

/// <summary>Which debugging library may be loaded: it is code that runs with our rights.</summary>
public sealed class DebuggingLibraryTests : IDisposable
{
    private static readonly string s_runtime = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libcoreclr.so");

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void ATargetWithOurRuntime_GetsOurLibrary()
    {
        // Whatever it says where its runtime is.
        Assert.Equal(
            Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libmscordaccore.so"),
            DebuggingLibrary.Choose(Environment.ProcessId, _folder.File("libcoreclr.so"), DebuggingLibrary.BuildIdOf(s_runtime)));
    }

    [Fact]
    public void ATargetWithAnotherRuntime_GetsNoLibraryThatOthersCouldHavePutThere()
    {
        // A real library of another build stands for the other runtime; its folder is writable by everybody, as one of a target's choice.
        string other = Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libclrjit.so");
        string runtime = _folder.File("libcoreclr.so");
        File.Copy(other, runtime);
        File.Copy(other, _folder.File("libmscordaccore.so"));
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_111_111);

        UserErrorException refusal = Assert.Throws<UserErrorException>(
            () => DebuggingLibrary.Choose(Environment.ProcessId, runtime, DebuggingLibrary.BuildIdOf(other)));

        Assert.Contains("others may change", refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Hint);
    }

    [Fact]
    public void ATargetWhoseRuntimeWasReplaced_GetsNone()
    {
        string runtime = _folder.File("libcoreclr.so");
        File.Copy(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "libclrjit.so"), runtime);

        UserErrorException refusal = Assert.Throws<UserErrorException>(
            () => DebuggingLibrary.Choose(Environment.ProcessId, runtime, [1, 2, 3]));

        Assert.Contains("is not what process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARuntimeThatTellsNoBuild_GetsNone()
    {
        Assert.Throws<UserErrorException>(() => DebuggingLibrary.Choose(Environment.ProcessId, s_runtime, []));
        Assert.Empty(DebuggingLibrary.BuildIdOf("/dev/null"));
        Assert.Empty(DebuggingLibrary.BuildIdOf("/does/not/exist"));
    }

    [Fact]
    public void BuildIds_AreThoseOfTheFiles()
    {
        // A GNU build id is 20 bytes, and the file has it in a note of its own.
        byte[] id = [.. DebuggingLibrary.BuildIdOf(s_runtime)];
        Assert.Equal(20, id.Length);
        byte[] note = [4, 0, 0, 0, 20, 0, 0, 0, 3, 0, 0, 0, .. "GNU\0"u8, .. id];
        Assert.True(File.ReadAllBytes(s_runtime).AsSpan().IndexOf(note) > 0);
    }

    [Theory]
    [InlineData(0b111_101_101, 0b110_100_100, null)]
    [InlineData(0b111_101_111, 0b110_100_100, "folder")]
    [InlineData(0b111_111_101, 0b110_100_100, "folder")]
    [InlineData(0b111_101_101, 0b110_110_100, "file")]
    [InlineData(0b111_101_101, 0b110_100_110, "file")]
    public void AFile_IsTrustedWhenNobodyElseCanWriteItOrItsFolders(int folderMode, int fileMode, string? open)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "makes files of root");
        string file = _folder.File("library");
        File.WriteAllText(file, "");
        File.SetUnixFileMode(file, (UnixFileMode)fileMode);
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)folderMode);

        string? found = DebuggingLibrary.FirstOpenToOthers(file, ownUser: 0);

        // Above it is the folder for temporary files, which may be open to everybody.
        string? inside = found == file ? "file" : found == _folder.Path ? "folder" : null;
        Assert.Equal(open, inside);
    }

    [Fact]
    public void AFileOfTheSystem_IsTrusted()
    {
        Assert.Null(DebuggingLibrary.FirstOpenToOthers("/usr/lib", ownUser: 0));
        Assert.Equal("/usr/lib/does-not-exist", DebuggingLibrary.FirstOpenToOthers("/usr/lib/does-not-exist", ownUser: 0));
    }
}
