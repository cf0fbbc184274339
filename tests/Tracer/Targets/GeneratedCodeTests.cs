using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class GeneratedCodeTests
{
    [Theory]
    [InlineData("[jit]", "/usr/bin/server")]
    [InlineData("[dotnet jit]", "/usr/share/dotnet/shared/Microsoft.NETCore.App/10.0.0/libcoreclr.so")]
    [InlineData("[java jit]", "/usr/lib/jvm/lib/server/libjvm.so")]
    [InlineData("[node jit]", "/usr/bin/node")]
    [InlineData("[node jit]", "/usr/lib/x86_64-linux-gnu/libnode.so.108")]
    [InlineData("[jit]", "/opt/node-exporter")]
    public void ItsName_IsThatOfTheMappedRuntime(string expected, string library)
    {
        Mapping program = new(0x1000, 0x2000, "r-xp", 0, 17, library);

        Assert.Equal(expected, GeneratedCode.NameIn([new Mapping(0x500, 0x600, "r-xp", 0, 3, "/lib/libc.so.6"), program]));
        Assert.False(GeneratedCode.Is(program));
    }

    [Theory]
    [InlineData(true, "rwxp", "")]
    [InlineData(true, "r-xp", "[anon:v8]")]
    [InlineData(true, "r-xs", "/memfd:doublemapper (deleted)")]
    [InlineData(false, "rw-s", "/memfd:doublemapper (deleted)")]
    [InlineData(false, "rw-p", "")]
    [InlineData(false, "r-xp", "[vdso]")]
    [InlineData(false, "r-xp", "/tmp/x.so (deleted)")]
    public void It_IsExecutableMemoryWithoutAFileOnDisk(bool expected, string permissions, string name)
    {
        Assert.Equal(expected, GeneratedCode.Is(new Mapping(0x1000, 0x2000, permissions, 0, 0, name)));
    }

    [Fact]
    public void AnAnonymousMappingCalledNode_IsNoRuntime()
    {
        Assert.Equal("[jit]", GeneratedCode.NameIn([new Mapping(0x1000, 0x2000, "rw-p", 0, 0, "node")]));
    }
}
