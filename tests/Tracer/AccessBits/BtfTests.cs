using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

public sealed class BtfTests
{
    [Fact]
    public void OffsetOf_FindsPlainMembersInBytes()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        builder.Struct("file", 32, ("f_op", word, 64), ("private_data", word, 192));

        Btf btf = Btf.Parse(builder.ToBytes());

        Assert.Equal(24, btf.OffsetOf("file", "private_data"));
        Assert.Equal(32, btf.SizeOf("file"));
        Assert.Equal(3, btf.TypeCount);
    }

    [Fact]
    public void OffsetOf_AddsTheOffsetsOfUnnamedStructsAndUnionsAround()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        int union = builder.Union("", 16, ("unused", word, 0), ("pgd", word, 0));
        int inner = builder.Struct("", 24, ("other", word, 0), ("", builder.Const(union), 64));
        builder.Struct("mm_struct", 64, ("", inner, 128));

        // 16 bytes before the unnamed struct + 8 before the qualified unnamed union in it.
        Assert.Equal(24, Btf.Parse(builder.ToBytes()).OffsetOf("mm_struct", "pgd"));
    }

    [Fact]
    public void OffsetOf_DoesNotLookIntoNamedMembers()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        int inner = builder.Struct("", 8, ("hidden", word, 0));
        builder.Struct("outer", 8, ("named", inner, 0));

        Assert.Equal(-1, Btf.Parse(builder.ToBytes()).OffsetOf("outer", "hidden"));
    }

    [Fact]
    public void OffsetOf_IgnoresTheWidthOfBitFields()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("int", 4);
        // Upper 8 bits: width in bits; lower 24: offset in bits.
        builder.StructWithBitFields("flags", 8, ("low", word, (3u << 24) | 0), ("high", word, (5u << 24) | 40));

        Assert.Equal(5, Btf.Parse(builder.ToBytes()).OffsetOf("flags", "high"));
    }

    [Fact]
    public void OffsetOf_SkipsForwardDeclarationsWithoutMembers()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        builder.Struct("page", 0);
        builder.Struct("page", 64, ("flags", word, 0), ("mapping", word, 192));

        Assert.Equal(24, Btf.Parse(builder.ToBytes()).OffsetOf("page", "mapping"));
    }

    [Fact]
    public void EnumValue_FindsEnumeratorsOfBothWidths()
    {
        var builder = new BtfBuilder();
        builder.Enum("pageflags", ("PG_locked", 0), ("PG_young", 21), ("PG_negative", -5));
        builder.Enum64("wide", ("WIDE", 0x1_2345_6789));

        Btf btf = Btf.Parse(builder.ToBytes());

        Assert.Equal(21, btf.EnumValue("PG_young"));
        Assert.Equal(-5, btf.EnumValue("PG_negative"));
        Assert.Equal(0x1_2345_6789, btf.EnumValue("WIDE"));
        Assert.Equal(-1, btf.EnumValue("PG_idle"));
    }

    [Fact]
    public void Names_AreComparedWhole()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        builder.Struct("folio_batch", 8, ("fdt2", word, 0));

        Btf btf = Btf.Parse(builder.ToBytes());

        Assert.Equal(-1, btf.SizeOf("folio"));
        Assert.Equal(-1, btf.OffsetOf("folio_batch", "fdt"));
    }

    [Fact]
    public void Parse_RefusesOtherFiles()
    {
        byte[] good = new BtfBuilder().ToBytes();

        Assert.Throws<InvalidDataException>(() => Btf.Parse([]));
        Assert.Throws<InvalidDataException>(() => Btf.Parse([0x7f, .. "ELF"u8, .. new byte[60]]));
        Assert.Throws<InvalidDataException>(() => Btf.Parse(good[..^1]));
    }

    [Fact]
    public void Parse_OfDamagedFilesThrowsNothingElse()
    {
        var builder = new BtfBuilder();
        int word = builder.Int("long", 8);
        builder.Struct("file", 32, ("", word, 0), ("private_data", word, 192));
        builder.Enum("e", ("A", 1));
        byte[] good = builder.ToBytes();
        var random = new Random(20240607);
        for (int round = 0; round < 2000; round++)
        {
            byte[] bad = [.. good];
            for (int i = 0; i <= round % 4; i++)
            {
                bad[random.Next(bad.Length)] = (byte)random.Next(256);
            }

            try
            {
                Btf btf = Btf.Parse(bad);
                _ = btf.OffsetOf("file", "private_data") + btf.EnumValue("A");
            }
            catch (InvalidDataException)
            {
                // The one permitted answer.
            }
        }
    }

    [Fact]
    public void KernelsOwnFile_HasWhatTheProgramsNeed()
    {
        Assert.SkipUnless(File.Exists(Btf.KernelPath), "the kernel has no BTF");

        KernelLayout? layout = KernelLayout.Find(Btf.ReadKernel(), out string? missing);

        Assert.Null(missing);
        Assert.NotNull(layout);
        Assert.True(layout.KnowsPages);
        Assert.Equal(0, layout.PageFlags);
        Assert.Equal(64, layout.PageSizeBytes);
    }

    [Fact]
    public void Find_NamesTheFirstMemberThatIsMissing()
    {
        var builder = new BtfBuilder();
        builder.Struct("task_struct", 8, ("files", builder.Int("long", 8), 0));

        Assert.Null(KernelLayout.Find(Btf.Parse(builder.ToBytes()), out string? missing));
        Assert.Equal("files_struct.fdt", missing);
    }
}
