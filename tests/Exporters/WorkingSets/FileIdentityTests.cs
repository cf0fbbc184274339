using System.Diagnostics;
using Damon.Trace.Exporters.WorkingSets;

namespace Damon.Trace.Exporters.Tests.WorkingSets;

/// <summary>Whether a file is still the same, and the build ids that readelf of binutils reads.</summary>
public sealed class FileIdentityTests
{
    [Fact]
    public void BuildIds_AreThoseOfReadelf()
    {
        const string Readelf = "/usr/bin/readelf";
        Assert.SkipUnless(File.Exists(Readelf), "readelf is not installed");
        string[] libraries = [.. Process.GetCurrentProcess().Modules.Cast<ProcessModule>().Select(static module => module.FileName)
            .Where(File.Exists).Distinct().Take(20)];
        int known = 0;
        foreach (string library in libraries)
        {
            string? expected = null;
            using Process readelf = Process.Start(new ProcessStartInfo(Readelf, ["-n", library]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            foreach (string line in readelf.StandardOutput.ReadToEnd().Split('\n').Where(static line => line.Contains("Build ID:", StringComparison.Ordinal)))
            {
                expected = line.Split(':')[1].Trim();
            }

            Assert.Equal(expected, FileIdentity.Of(library, library)?.BuildId);
            known += expected is null ? 0 : 1;
        }

        Assert.True(known > 0, $"none of {libraries.Length} libraries has a build id");
    }

    private static FileState Compare(WorkingSetFile before, long size, long modifiedNs, string? buildId) =>
        FileIdentity.Compare(before, size, modifiedNs, () => buildId);

    [Fact]
    public void AFile_IsTheSameWhileSizeAndTimeOrBuildAre()
    {
        WorkingSetFile file = new("/a", 10, 100, null);
        WorkingSetFile library = new("/b", 10, 100, "aa");

        Assert.Equal(FileState.Same, Compare(file, 10, 100, null));
        Assert.Equal(FileState.Changed, Compare(file, 10, 101, null));
        Assert.Equal(FileState.Changed, Compare(file, 11, 100, null));
        Assert.Equal(FileState.Same, Compare(library, 10, 101, "aa"));
        Assert.Equal(FileState.Changed, Compare(library, 10, 101, "ab"));
        Assert.Equal(FileState.Changed, Compare(library, 10, 101, null));
    }

    [Fact]
    public void ABuildId_IsOnlyReadWhereItDecides()
    {
        WorkingSetFile library = new("/b", 10, 100, "aa");

        Assert.Equal(FileState.Same, FileIdentity.Compare(library, 10, 100, static () => throw new InvalidOperationException("not needed")));
        Assert.Equal(FileState.Changed, FileIdentity.Compare(library, 11, 100, static () => throw new InvalidOperationException("not needed")));
    }

    [Fact]
    public void OnlyRegularFiles_AreOpened()
    {
        Assert.Null(FileIdentity.Of("/dev/zero", "/dev/zero"));
        Assert.Null(FileIdentity.Of("/tmp", "/tmp"));
        Assert.Null(FileIdentity.Of("/nowhere/x", "/nowhere/x"));
        Assert.Contains("No such file", Assert.Throws<FileNotFoundException>(static () => FileIdentity.Open("/nowhere/x")).Message, StringComparison.Ordinal);
    }
}
