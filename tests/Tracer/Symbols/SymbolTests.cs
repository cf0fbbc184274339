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

    /// <summary>Loaded, loaded again at the same place, moved; a record that is still being written is read by the next call.</summary>
    [Fact]
    public void JitDump_SaysWhatIsWhereNow()
    {
        string path = Path.GetTempFileName();
        try
        {
            using (FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite))
            {
                file.Write(Words(0x4a695444u, 1u, 40u, 62u, 0u, 1u, 0ul, 0ul));
                file.Write(Load(0x1000, 0x10, 1, "A::b()[Tier0]"));
                file.Write([.. Words(2u, 24u, 7ul), .. new byte[8]]);
                file.Write(Load(0x1000, 0x20, 2, "A::b()[Tier1]"));
                file.Write([.. Words(1u, 16u + 48u, 7ul), .. Words(1u, 1u, 0ul, 0x1000ul, 0x3000ul, 0x20ul, 2ul)]);
                byte[] last = Load(0x4000, 8, 3, "c");
                file.Write(last.AsSpan(0, last.Length - 1));
                file.Flush();

                using JitDump dump = JitDump.TryOpen(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite))!;
                SymbolTable table = dump.Read();
                Assert.True(table.TryFind(0x101f, out _, out string name));
                Assert.Equal("A::b()[Tier1]", name);
                Assert.True(table.TryFind(0x3000, out _, out name));
                Assert.Equal("A::b()[Tier1]", name);
                Assert.False(table.TryFind(0x4000, out _, out _));

                file.Write(last.AsSpan(last.Length - 1));
                file.Flush();
                Assert.True(dump.Read().TryFind(0x4007, out _, out name));
                Assert.Equal("c", name);
            }

            File.WriteAllText(path, "no jitdump at all, but long enough for one");
            Assert.Null(JitDump.TryOpen(File.OpenHandle(path)));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static byte[] Load(ulong address, ulong size, ulong index, string name)
    {
        byte[] text = [.. Encoding.UTF8.GetBytes(name), 0];
        byte[] code = new byte[size];
        return [.. Words(0u, (uint)(16 + 40 + text.Length + code.Length), 7ul), .. Words(1u, 1u, 0ul, address, size, index), .. text, .. code];
    }

    private static byte[] Words(params object[] words) =>
        [.. words.SelectMany(static word => word is uint narrow ? BitConverter.GetBytes(narrow) : BitConverter.GetBytes((ulong)word))];

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
