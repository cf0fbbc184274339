using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.Targets;
using Damon.Trace.Tracer.Tests.Targets;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.Services;

/// <summary>Who belongs to a service, looked up among real processes.</summary>
[Trait("Category", "Linux")]
public sealed class TargetSelectorTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void Children_AreFoundDownToTheLast_AndStayWhenTheyBecomeOrphans()
    {
        using var parent = ChildProcess.Start("bash", "-c", "bash -c 'sleep 61 & echo $! > \"$0\"; wait' \"$0\" & wait", _folder.File("pid"));
        int grandchild = PidIn("pid");
        var selector = new TargetSelector(new TargetSelection { Pids = [parent.Pid], Children = true });

        IReadOnlyList<int> first = selector.SelectFirst();
        parent.Kill();
        IReadOnlyList<int> orphans = selector.Select();

        Assert.Equal(3, first.Count);
        Assert.Contains(parent.Pid, first);
        Assert.Contains(grandchild, first);
        Assert.Equal([.. first.Where(pid => pid != parent.Pid)], orphans);
        Array.ForEach([.. orphans], static pid => Process.GetProcessById(pid).Kill());
    }

    [Fact]
    public void Name_IsTheCommOfTheProcess_AndWhatStartsLaterIsFound()
    {
        string program = _folder.File("svc-under-test");
        File.Copy("/bin/sleep", program);
        using var first = ChildProcess.Start(program, "61");
        var selector = new TargetSelector(new TargetSelection { Names = ["svc-under-test"] });
        WaitFor(() => File.ReadAllText($"/proc/{first.Pid}/comm").StartsWith("svc-", StringComparison.Ordinal));

        Assert.Equal([first.Pid], selector.SelectFirst());
        using var second = ChildProcess.Start(program, "61");
        WaitFor(() => selector.Select().Count == 2);
        first.Kill();

        Assert.Equal([second.Pid], selector.Select());
    }

    [Fact]
    public void PidFile_IsReadAgainEachTime()
    {
        using var first = ChildProcess.Start("sleep", "61");
        using var second = ChildProcess.Start("sleep", "61");
        string path = _folder.File("pid");
        File.WriteAllText(path, $"{first.Pid}\n");
        var selector = new TargetSelector(new TargetSelection { PidFiles = [path] });

        Assert.Equal([first.Pid], selector.SelectFirst());
        File.WriteAllText(path, $"{second.Pid} {first.Pid}\n");
        Assert.Equal(new[] { first.Pid, second.Pid }.Order(), selector.Select());
        File.Delete(path);
        Assert.Empty(selector.Select());
    }

    [Fact]
    public void Restart_IsTheSameProgramWithTheSameArgumentsThatStartedLater()
    {
        using var sibling = ChildProcess.Start("sleep", "61.25");
        using var target = ChildProcess.Start("sleep", "61.25");
        WaitFor(() => File.ReadAllText($"/proc/{target.Pid}/comm").StartsWith("sleep", StringComparison.Ordinal)
            && File.ReadAllText($"/proc/{sibling.Pid}/comm").StartsWith("sleep", StringComparison.Ordinal));
        var selector = new TargetSelector(new TargetSelection { Pids = [target.Pid], FollowRestarts = true });
        Assert.Equal([target.Pid], selector.SelectFirst());

        Thread.Sleep(20); // Start times are told to the hundredth of a second.
        Assert.Equal([target.Pid], selector.Select());
        target.Kill();
        Assert.Empty(selector.Select());
        using var other = ChildProcess.Start("sleep", "61.5");
        using var again = ChildProcess.Start("sleep", "61.25");
        WaitFor(() => selector.Select().Count > 0);

        Assert.Equal([again.Pid], selector.Select());
    }

    [Fact]
    public void User_IsFoundByNameAndNumber()
    {
        using var process = ChildProcess.Start("sleep", "61");
        string number = ((uint)geteuid()).ToString(CultureInfo.InvariantCulture);

        Assert.Contains(process.Pid, new TargetSelector(new TargetSelection { Users = [Environment.UserName] }).SelectFirst());
        IReadOnlyList<int> byNumber = new TargetSelector(new TargetSelection { Users = [number] }).SelectFirst();
        Assert.Contains(process.Pid, byNumber);
        Assert.DoesNotContain(Environment.ProcessId, byNumber);
    }

    /// <summary>A group is followed as processes join and leave it, those below it included.</summary>
    [Fact]
    public void ControlGroup_IsFollowed()
    {
        string? root = ControlGroups.Read().Root;
        Assert.SkipWhen(root is null, "no control group hierarchy of version 2 is mounted here");
        string folder = Path.Join(root, $"damon-trace-test-{Environment.ProcessId}");
        string below = Path.Join(folder, "below.service");
        try
        {
            Directory.CreateDirectory(below);
        }
        catch (Exception error) when (error is UnauthorizedAccessException or IOException)
        {
            Assert.SkipWhen(true, $"control groups cannot be made here: {error.Message}");
        }

        using var first = ChildProcess.Start("sleep", "61");
        using var second = ChildProcess.Start("sleep", "61");
        try
        {
            File.WriteAllText(Path.Join(folder, "cgroup.procs"), $"{first.Pid}");
            var selector = new TargetSelector(new TargetSelection { ControlGroups = [Path.GetFileName(folder)] });
            Assert.Equal([first.Pid], selector.SelectFirst());

            File.WriteAllText(Path.Join(below, "cgroup.procs"), $"{second.Pid}");
            Assert.Equal(new[] { first.Pid, second.Pid }.Order(), selector.Select());
            Assert.Equal([second.Pid], new TargetSelector(new TargetSelection { Units = ["below"] }).SelectFirst());
            Assert.EndsWith("/below.service", ControlGroups.OfProcess(second.Pid), StringComparison.Ordinal);

            File.WriteAllText(Path.Join(root, "cgroup.procs"), $"{first.Pid}");
            Assert.Equal([second.Pid], selector.Select());
        }
        finally
        {
            first.Kill();
            second.Kill();
            Directory.Delete(below);
            Directory.Delete(folder);
        }
    }

    [Fact]
    public void MountsOfControlGroups_AreRead()
    {
        var groups = ControlGroups.Parse(
        [
            "30 25 0:26 / /sys/fs/cgroup/systemd rw,nosuid - cgroup cgroup rw,xattr,name=systemd",
            "31 25 0:27 / /sys/fs/cgroup/unified rw shared:9 - cgroup2 cgroup2 rw,nsdelegate",
        ]);

        Assert.Equal("/sys/fs/cgroup/unified", groups.Root);
        Assert.Null(ControlGroups.Parse(["1 0 0:1 / / rw - ext4 /dev/vda rw"]).Root);
        Assert.Throws<TargetUnavailableException>(() => ControlGroups.Parse([]).FolderOf("/a"));
        Assert.Throws<TargetUnavailableException>(() => groups.FolderOf("/there/is/no/such.service"));
    }

    [Theory]
    [InlineData("/user.slice/user-0.slice/session-1.scope", "session-1.scope")]
    [InlineData("/system.slice/a.service/b.slice", "a.service")]
    [InlineData("/docker/0123", "")]
    [InlineData("", "")]
    public void Unit_IsTheInnermostServiceOrScope(string group, string unit) => Assert.Equal(unit, ControlGroups.UnitOf(group));

    [Fact]
    public void NobodyWhoMatches_IsSaid()
    {
        var nobody = new TargetSelector(new TargetSelection { Names = ["no-such-process"], Children = true });

        Assert.Contains("name:no-such-process,children", Assert.Throws<TargetUnavailableException>(nobody.SelectFirst).Message, StringComparison.Ordinal);
        Assert.Throws<TargetUnavailableException>(() => new TargetSelector(new TargetSelection { Pids = [int.MaxValue] }).SelectFirst());
        Assert.Throws<TargetUnavailableException>(() => new TargetSelector(new TargetSelection { Users = ["no such user"] }).SelectFirst());
        Assert.Throws<TargetUnavailableException>(() => new TargetSelector(new TargetSelection { PidFiles = [_folder.File("none")] }).SelectFirst());
    }

    public void Dispose() => _folder.Dispose();

    private int PidIn(string name)
    {
        string path = _folder.File(name);
        WaitFor(() => File.Exists(path) && File.ReadAllText(path).EndsWith('\n'));
        return int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);
    }

    private static void WaitFor(Func<bool> isTrue) => Assert.True(SpinWait.SpinUntil(isTrue, TimeSpan.FromSeconds(30)), "it did not come true");
}
