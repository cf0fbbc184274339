using System.Text;
using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tests.ReferencedMappings;

public sealed class SmapsScannerTests
{
    private const string Smaps =
        """
        00400000-00402000 r--p 00000000 fe:01 1234                               /bin/Referenced: 9 kB
        Size:                  8 kB
        KernelPageSize:        4 kB
        Rss:                   8 kB
        Referenced:            0 kB
        Anonymous:             4 kB
        VmFlags: rd mr mw me
        00402000-00404000 rw-p 00000000 00:00 0 
        Size:                  8 kB
        Referenced:           10 kB
        ProtectionKey:         0
        VmFlags: rd wr mr mw me ac sd
        00500000-00502000 rw-p 00000000 00:00 0 
        KernelPageSize:        4 kB
        Rss:                   0 kB
        Referenced:            0 kB
        00600000-00800000 rw-p 00000000 00:0f 77                                 /anon_hugepage (deleted)
        KernelPageSize:     2048 kB
        Rss:                   0 kB
        Referenced:            0 kB
        Private_Hugetlb:    2048 kB
        ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]
        Size:                  4 kB
        Referenced:            4 kB
        VmFlags: ex

        """;

    [Fact]
    public void Each_address_takes_the_state_of_its_mapping()
    {
        Assert.Equal(
            [
                AccessState.NotPresent, AccessState.NotAccessed, AccessState.Accessed, AccessState.Accessed, AccessState.NotPresent,
                AccessState.NotPresent, AccessState.Unclearable, AccessState.Accessed,
            ],
            Read(Smaps, 0x3fffff, 0x401fff, 0x402000, 0x403fff, 0x404000, 0x500000, 0x600000, 0xffffffffff600000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00400000")]
    [InlineData("00400000-")]
    [InlineData("00400000-00402000 r--p")]
    [InlineData("00400000-00402000 r--p 0 0 0\nRefer")]
    [InlineData("nonsense\n\n\nReferenced: 5 kB")]
    public void A_text_cut_short_marks_nothing(string text)
    {
        Assert.DoesNotContain(AccessState.Accessed, Read(text, 0x400000));
    }

    [Fact]
    public void A_mapping_without_the_key_does_not_take_the_next_ones()
    {
        Assert.Equal(
            [AccessState.NotAccessed, AccessState.Accessed],
            Read("1000-2000 rw-p 0 0 0\nRss: 4 kB\n2000-3000 rw-p 0 0 0\nReferenced: 4 kB\n", 0x1000, 0x2000));
    }

    private static AccessState[] Read(string text, params ulong[] addresses)
    {
        var states = new AccessState[addresses.Length];
        Array.Fill(states, AccessState.NotPresent);
        SmapsScanner.Read(Encoding.UTF8.GetBytes(text), addresses, states);
        return states;
    }
}
