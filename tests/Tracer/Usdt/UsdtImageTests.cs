using System.Runtime.CompilerServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Tracepoints.Usdt;

namespace Damon.Trace.Tracer.Tests.Usdt;

public class UsdtImageTests
{
    [Fact]
    public void Structs_HaveTheSizesOfElf64()
    {
        Assert.Equal(64, Unsafe.SizeOf<Elf.Ehdr>());
        Assert.Equal(56, Unsafe.SizeOf<Elf.Phdr>());
        Assert.Equal(64, Unsafe.SizeOf<Elf.Shdr>());
        Assert.Equal(24, Unsafe.SizeOf<Elf.Sym>());
        Assert.Equal(16, Unsafe.SizeOf<Elf.Dyn>());
        Assert.Equal(12, Unsafe.SizeOf<Elf.Nhdr>());
    }

    [Fact]
    public void Bytes_AreTheSameEveryTime()
    {
        Assert.Equal(UsdtImage.Build(UsdtMachine.X64).Bytes, UsdtImage.Build(UsdtMachine.X64).Bytes);
    }

    /// <summary>
    /// Tracers attach to the file and remember its build id. When this fails although the change is wanted, raise the number in
    /// <see cref="UsdtImage.SoName"/> and pin the new build id.
    /// </summary>
    [Fact]
    public void BuildId_IsPinnedToTheSoName()
    {
        Assert.Equal("libdamon-usdt.so.1", UsdtImage.SoName);
        Assert.Equal("6defb89e6dd54ddc17bd701f4288a5efeed9b3a7", UsdtImage.Build(UsdtMachine.X64).BuildId);
    }

    [Fact]
    public void Readelf_SeesTheProbe()
    {
        string readelf = ForeignTool.Require("readelf");
        using var directory = new TemporaryDirectory();
        UsdtImage image = UsdtImage.Build(UsdtMachine.X64);
        File.WriteAllBytes(directory.File("lib.so"), image.Bytes);

        string notes = ForeignTool.Run(readelf, "-n", directory.File("lib.so"));
        Assert.Contains($"Build ID: {image.BuildId}", notes);
        Assert.Contains("Provider: damon", notes);
        Assert.Contains("Name: aggregated", notes);
        Assert.Contains($"Location: 0x{image.ProbeOffset:x16}, ", notes);
        Assert.Contains($"Semaphore: 0x{image.SemaphoreOffset:x16}", notes);
        Assert.Contains("Arguments: 8@%rdi 4@%esi 8@%rdx 8@%rcx 4@%r8d 4@%r9d", notes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Readelf_HasNoComplaint(bool arm64)
    {
        string readelf = ForeignTool.Require("readelf");
        using var directory = new TemporaryDirectory();
        UsdtImage image = UsdtImage.Build(arm64 ? UsdtMachine.Arm64 : UsdtMachine.X64);
        File.WriteAllBytes(directory.File("lib.so"), image.Bytes);

        using ForeignTool tool = ForeignTool.Start(readelf, ["--all", "--wide", directory.File("lib.so")]);
        (int status, string output, string error) = tool.WaitForEnd();

        Assert.Equal(0, status);
        Assert.Equal("", error);
        Assert.DoesNotContain("arning", output);
        Assert.Contains($"Library soname: [{UsdtImage.SoName}]", output);
        Assert.Contains("FUNC    GLOBAL DEFAULT    5 damon_aggregated", output);
        Assert.Contains("OBJECT  GLOBAL DEFAULT    8 damon_aggregated_semaphore", output);
        Assert.DoesNotContain("RWE", output);
    }

    [Fact]
    public void UprobeDefinition_NamesTheKernelsFields()
    {
        UsdtImage image = UsdtImage.Build(UsdtMachine.X64);
        Assert.Equal(
            $"p:damon_user/damon_aggregated /x/lib.so:0x{image.ProbeOffset:x}(0x{image.SemaphoreOffset:x}) target_id=%di:u64 "
            + "nr_regions=%si:u32 start=%dx:u64 end=%cx:u64 nr_accesses=%r8:u32 age=%r9:u32",
            image.DescribeUprobe("/x/lib.so", "damon_user", "damon_aggregated"));
    }
}
