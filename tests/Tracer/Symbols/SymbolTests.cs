using System.Diagnostics;
using System.Text;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Symbols;

public sealed class SymbolTests
{
    [Fact]
    public void PerfMap_LaterLinesReplaceEarlierOnes()
    {
        byte[] text = Encoding.UTF8.GetBytes("1000 10 int32 A::b()[Tier0]\n0x2000 8 c\nx y z\n1000 20 int32 A::b()[Tier1]\n3000 8 unfinished");
        var table = new SymbolTable(PerfMap.Parse(text));

        Assert.Equal(2, table.Count);
        Assert.True(table.TryFind(0x101f, out ulong start, out string name));
        Assert.Equal((0x1000ul, "int32 A::b()[Tier1]"), (start, name));
        Assert.True(table.TryFind(0x2000, out _, out name));
        Assert.Equal("c", name);
        Assert.False(table.TryFind(0x1020, out _, out _));
        Assert.False(table.TryFind(0xfff, out _, out _));
    }

    [Fact]
    public void Names_OfOneFunction_TheOneThatSaysItsLengthIsTaken()
    {
        var table = new SymbolTable([new(0x10, 0, 3, "a"u8.ToArray()), new(0x10, 8, 6, "b"u8.ToArray())]);

        Assert.True(table.TryFind(0x17, out _, out string name));
        Assert.Equal("b", name);
        Assert.Null(table.StartOf(0x18));
    }

    [Fact]
    public void Cpp_IsAsInSource()
    {
        Assert.SkipUnless(Demangler.IsAvailable, "libstdc++.so.6 is not installed");
        Assert.Equal("std::ostream::write(char const*, long)", Demangler.Demangle("_ZNSo5writeEPKcl").Replace("std::basic_ostream<char, std::char_traits<char> >", "std::ostream", StringComparison.Ordinal));
        Assert.Equal("_Znonsense", Demangler.Demangle("_Znonsense"));
        Assert.Equal("main", Demangler.Demangle("main"));
    }

    /// <summary>Whatever bytes a file has, reading it ends, and throws nothing.</summary>
    [Fact]
    public void Elf_OfAnyBytes_IsReadWithoutHarm()
    {
        byte[] good = File.ReadAllBytes("/proc/self/exe");
        var random = new Random(1);
        for (int i = 0; i < 300; i++)
        {
            byte[] bad = [.. good[..Math.Min(good.Length, 200_000)]];
            for (int j = 0; j < 1 + (i % 20); j++)
            {
                bad[random.Next(j % 2 == 0 ? 64 : bad.Length)] = (byte)random.Next(256);
            }

            _ = ElfImage.TryRead((offset, buffer) =>
            {
                int length = offset >= (ulong)bad.Length ? 0 : Math.Min(buffer.Length, bad.Length - (int)offset);
                bad.AsSpan((int)Math.Min(offset, (ulong)bad.Length), length).CopyTo(buffer);
                return length;
            });
        }
    }

    /// <summary>nm says the same of the C library's functions, which has them in its dynamic table.</summary>
    [Fact]
    public void Functions_AreThoseOfNm()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/nm"), "nm is not installed");
        using Process sleep = Process.Start("sleep", ["60"]);
        try
        {
            Thread.Sleep(100);
            using var target = TargetProcess.Open(sleep.Id);
            using var symbols = new TargetSymbols(target);
            Mapping libc = symbols.Mappings.First(static mapping => mapping.Name.Contains("/libc.so.6", StringComparison.Ordinal) && mapping.Offset == 0);
            using Process nm = Process.Start(new ProcessStartInfo("/usr/bin/nm", ["-D", "--defined-only", libc.Name]) { RedirectStandardOutput = true })!;
            string[] lines = nm.StandardOutput.ReadToEnd().Split('\n');
            foreach (string function in (string[])["qsort", "getenv", "abort"])
            {
                string line = lines.First(line => line.Contains($" T {function}@", StringComparison.Ordinal) || line.EndsWith($" T {function}", StringComparison.Ordinal));
                ulong address = libc.Start + Convert.ToUInt64(line.Split(' ')[0], 16);

                Assert.Equal(new CodeName(function, "libc.so.6", 1), symbols.NameOf(address + 1));
                Assert.Equal(address, symbols.StartOf(address + 1));
                Assert.True(symbols.IsCode(address));
            }

            Assert.Equal(40, symbols.BuildIdOf(libc.Start)!.Length);
            Mapping vdso = symbols.Mappings.First(static mapping => mapping.Name == "[vdso]");
            Assert.Contains(
                Enumerable.Range(0, (int)vdso.Size), offset => symbols.NameOf(vdso.Start + (ulong)offset).Function?.EndsWith("clock_gettime", StringComparison.Ordinal) == true);
            Assert.Equal("[unknown]", symbols.NameOf(0x1000).ToString());
        }
        finally
        {
            sleep.Kill();
            sleep.WaitForExit();
        }
    }
}
