using System.Globalization;

namespace Damon.Trace.Cli.Tests.Faults;

/// <summary>A control group whose processes can be frozen, of version 2 or of version 1's freezer.</summary>
internal sealed class FrozenGroup : IDisposable
{
    private readonly string _folder;
    private readonly bool _isUnified;

    private FrozenGroup(string folder, bool isUnified)
    {
        _folder = folder;
        _isUnified = isUnified;
    }

    /// <summary>Skips the test where no group can be made.</summary>
    internal static FrozenGroup Create()
    {
        Assert.SkipUnless(Environment.UserName == "root", "making a control group needs root");
        foreach ((string root, bool isUnified) in ((string, bool)[])[("/sys/fs/cgroup", true), ("/sys/fs/cgroup/unified", true), ("/sys/fs/cgroup/freezer", false)])
        {
            string folder = Path.Combine(root, $"damon-trace-test-{Environment.ProcessId}");
            if (isUnified == File.Exists(Path.Combine(root, "cgroup.controllers")) && Directory.Exists(root))
            {
                Directory.CreateDirectory(folder);
                if (File.Exists(Path.Combine(folder, isUnified ? "cgroup.freeze" : "freezer.state")))
                {
                    return new FrozenGroup(folder, isUnified);
                }

                Directory.Delete(folder);
            }
        }

        Assert.Skip("there is no freezer");
        throw new InvalidOperationException();
    }

    internal void Freeze(int pid)
    {
        File.WriteAllText(Path.Combine(_folder, "cgroup.procs"), pid.ToString(CultureInfo.InvariantCulture));
        Set(frozen: true);
        for (int i = 0; i < 100 && !IsFrozen; i++)
        {
            Thread.Sleep(20);
        }

        Assert.True(IsFrozen, "the group does not freeze");
    }

    internal void Thaw() => Set(frozen: false);

    /// <inheritdoc/>
    public void Dispose()
    {
        Thaw();
        string parent = Path.Combine(Path.GetDirectoryName(_folder)!, "cgroup.procs");
        foreach (string pid in File.ReadAllLines(Path.Combine(_folder, "cgroup.procs")))
        {
            File.WriteAllText(parent, pid);
        }

        Directory.Delete(_folder);
    }

    private bool IsFrozen => _isUnified
        ? File.ReadAllText(Path.Combine(_folder, "cgroup.events")).Contains("frozen 1", StringComparison.Ordinal)
        : File.ReadAllText(Path.Combine(_folder, "freezer.state")).StartsWith("FROZEN", StringComparison.Ordinal);

    private void Set(bool frozen) => File.WriteAllText(
        Path.Combine(_folder, _isUnified ? "cgroup.freeze" : "freezer.state"), _isUnified ? frozen ? "1" : "0" : frozen ? "FROZEN" : "THAWED");
}
