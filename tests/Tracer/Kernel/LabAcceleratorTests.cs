using System.Diagnostics;

namespace Damon.Trace.Tracer.Tests.Kernel;

/// <summary>The kernel lab must run where /dev/kvm is there and does not work. A program in the place of qemu says what KVM does.</summary>
public sealed class LabAcceleratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("damon-trace-lab-").FullName;

    [Theory]
    [InlineData("echo 'qemu: error: failed to set MSR 0x10a to 0x0' >&2; exit 134", "-accel tcg,thread=multi", "exit status 134: qemu: error: failed to set MSR 0x10a")]
    [InlineData("echo 'Could not access KVM kernel module' >&2; exit 1", "-accel tcg,thread=multi", "Could not access KVM")]
    [InlineData("exit 0", "-accel kvm", "")]
    public void Device_IsUsedOnlyWhereAKernelBootsWithIt(string qemu, string options, string message)
    {
        File.WriteAllText(Path.Combine(_folder, "kvm"), "");
        (string output, string error) = Run(qemu, Path.Combine(_folder, "kvm"));
        Assert.Equal(options, output);
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void WithoutDevice_QemuIsNotTried()
    {
        (string output, string error) = Run("echo tried >&2; exit 0", Path.Combine(_folder, "none"));
        Assert.Equal(("-accel tcg,thread=multi", ""), (output, error));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (string Output, string Error) Run(string qemu, string device)
    {
        string program = Path.Combine(_folder, "qemu-system-x86_64");
        File.WriteAllText(program, "#!/bin/sh\n" + qemu + "\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProcessStartInfo start = new("bash", [Path.Combine(Repository.Root, "tools", "kernel-lab", "accelerator"), "no-image"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = _folder + ":" + start.Environment["PATH"];
        start.Environment["KERNEL_LAB_KVM"] = device;
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (string.Join(' ', output.Split('\n', StringSplitOptions.RemoveEmptyEntries)), error.Result.Trim());
    }
}
