using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Targets;

/// <summary>Names a program gives to its anonymous memory with prctl come from the kernel.</summary>
public sealed unsafe class AnonymousNamesTests
{
    // PR_SET_VMA and PR_SET_VMA_ANON_NAME of linux/prctl.h.
    private const int SetMapping = 0x53564d41;
    private const ulong SetAnonymousName = 0;
    private const nuint Size = 1 << 20;

    [Fact]
    public void ANameSetWithPrctl_IsTheNameOfTheMapping()
    {
        // Whole pages of its own: an allocation of this size is a mapping.
        void* memory = NativeMemory.AlignedAlloc(Size, 4096);
        try
        {
            fixed (byte* name = "page cache\0"u8)
            {
                int result = Sched.prctl(SetMapping, SetAnonymousName, (ulong)memory, Size, (ulong)name);
                Assert.SkipWhen(result != 0, "this kernel has no names for anonymous memory (CONFIG_ANON_VMA_NAME)");
            }

            using TargetProcess target = TargetProcess.Open(Environment.ProcessId);
            List<Mapping> mappings = [];
            Assert.True(new MappingReader(target).TryRead(mappings, out _));
            Mapping named = Assert.Single(mappings, mapping => mapping.Name == "[anon:page cache]");
            Assert.Equal((ulong)memory, named.Start);
            Assert.Equal(Size, named.Size);
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }
}
