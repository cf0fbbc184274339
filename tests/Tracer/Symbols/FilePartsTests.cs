using System.Diagnostics;
using System.Text;
using Damon.Trace.Tracer.Symbols.Parts;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.Tests.Symbols;

/// <summary>Parts of files by their headers: of files made here, of a library at hand, and of damaged ones, which never do more than have no parts.</summary>
public sealed class FilePartsTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public void Gguf_HasItsTensors()
    {
        IReadOnlyList<FilePart> parts = Read(Gguf(("a.weight", 40_000), ("b.weight", 8192), ("c.bias", 100)));

        ulong header = parts[0].Length;
        Assert.Equal("header", parts[0].Name);
        Assert.Equal(0ul, header % 64);
        Assert.Equal(
            [("a.weight", header, 40_000ul), ("b.weight", header + 40_000, 8192ul), ("c.bias", header + 48_192, 100ul)],
            parts.Skip(1).Select(static part => (part.Name, part.Offset, part.Length)));
    }

    [Fact]
    public void Elf_HasItsSectionsAndLargeFunctions()
    {
        string library = Path.Combine(System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory(), "libcoreclr.so");

        IReadOnlyList<FilePart> parts = Read(File.ReadAllBytes(library));

        Assert.Contains(parts, static part => part is { Name: ".text", Length: > 1 << 20 });
        Assert.Contains(parts, static part => part is { Name: ".rodata", Length: > 1 << 16 });
        AssertDisjoint(parts);
    }

    /// <summary>Two tables, of which one has an index, made by SQLite itself; how many pages each has the sizes of rows tell.</summary>
    [Fact]
    public void Sqlite_HasItsTablesAndIndexes()
    {
        string path = _folder.File("a.db");
        var start = new ProcessStartInfo("python3", ["-c", """
            import sqlite3, sys
            d = sqlite3.connect(sys.argv[1])
            d.execute("pragma page_size = 4096")
            d.execute("create table big(a integer primary key, b text)")
            d.execute("create table small(a integer, b text)")
            d.executemany("insert into big values(?, ?)", ((i, "x" * 500) for i in range(8000)))
            d.executemany("insert into small values(?, ?)", ((i, "y" * 20) for i in range(500)))
            d.execute("create index by_text on small(b, a)")
            d.commit()
            """, path])
        { RedirectStandardError = true };
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(':').Any(static folder => File.Exists(Path.Combine(folder, "python3"))), "python3 is not installed");
        using (var python = Process.Start(start)!)
        {
            string error = python.StandardError.ReadToEnd();
            python.WaitForExit();
            Assert.SkipWhen(error.Contains("No module named", StringComparison.Ordinal), "this python3 has no sqlite3");
            Assert.True(python.ExitCode == 0, error);
        }

        IReadOnlyList<FilePart> parts = Read(File.ReadAllBytes(path));

        // Eight rows of 500 bytes fit into a page of 4096: 8000 rows take 1000 leaves, and a few pages that point to them.
        Assert.InRange(Bytes(parts, "table big"), 1000ul * 4096, 1010ul * 4096);
        Assert.InRange(Bytes(parts, "table small"), 3ul * 4096, 8ul * 4096);
        Assert.InRange(Bytes(parts, "index by_text"), 3ul * 4096, 8ul * 4096);
        Assert.Equal(4096ul, Bytes(parts, "schema"));
        AssertDisjoint(parts);
    }

    [Fact]
    public void OtherFiles_HaveNoParts()
    {
        Assert.Empty(Read([]));
        Assert.Empty(Read(Encoding.ASCII.GetBytes("#!/bin/sh\necho hello\n")));
    }

    /// <summary>Whatever is in the file: a bounded number of parts inside it, and no exception.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void DamagedFiles_AreReadToTheirEnd(int seed)
    {
        var random = new Random(seed);
        byte[] gguf = Gguf(("a.weight", 4000), ("b.weight", 3000));
        byte[] elf = File.ReadAllBytes("/proc/self/exe");
        byte[] sqlite = new byte[8 * 4096];
        Encoding.ASCII.GetBytes("SQLite format 3\0").CopyTo(sqlite, 0);
        sqlite[16] = 0x10;
        foreach (byte[] whole in (byte[][])[gguf, elf, sqlite])
        {
            for (int i = 0; i < 60; i++)
            {
                byte[] damaged = [.. whole];
                for (int k = 0; k < 40; k++)
                {
                    damaged[random.Next(Math.Min(damaged.Length, 4096 * (k % 3 + 1)))] = (byte)random.Next(256);
                }

                Encoding.ASCII.GetBytes("SQLite format 3\0").AsSpan(0, whole == sqlite ? 16 : 0).CopyTo(damaged);
                IReadOnlyList<FilePart> parts = Read(damaged[..random.Next(1, damaged.Length)]);
                AssertDisjoint(parts);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertDisjoint(IReadOnlyList<FilePart> parts)
    {
        for (int i = 1; i < parts.Count; i++)
        {
            Assert.True(parts[i].Offset >= parts[i - 1].Offset + parts[i - 1].Length, $"{parts[i - 1]} and {parts[i]}");
        }
    }

    private static ulong Bytes(IReadOnlyList<FilePart> parts, string name) =>
        parts.Where(part => part.Name == name).Aggregate(0ul, static (sum, part) => sum + part.Length);

    private IReadOnlyList<FilePart> Read(byte[] bytes)
    {
        string path = _folder.File("file");
        File.WriteAllBytes(path, bytes);
        using SafeFileHandle file = File.OpenHandle(path);
        return FileParts.Read(file);
    }

    /// <summary>Version 3, with pairs of several kinds and an alignment of 64; tensors of bytes, each at the next multiple of 64.</summary>
    private static byte[] Gguf(params (string Name, int Bytes)[] tensors)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        void Text(string text)
        {
            writer.Write((ulong)text.Length);
            writer.Write(Encoding.UTF8.GetBytes(text));
        }

        writer.Write("GGUF"u8);
        writer.Write(3u);
        writer.Write((ulong)tensors.Length);
        writer.Write(4ul);
        Text("general.architecture");
        writer.Write(8u);
        Text("llama");
        Text("general.alignment");
        writer.Write(4u);
        writer.Write(64u);
        Text("tokenizer.ggml.tokens");
        writer.Write(9u);
        writer.Write(8u);
        writer.Write(2ul);
        Text("a");
        Text("bc");
        Text("tokenizer.ggml.scores");
        writer.Write(9u);
        writer.Write(6u);
        writer.Write(2ul);
        writer.Write(1.0f);
        writer.Write(2.0f);
        ulong offset = 0;
        foreach ((string name, int bytes) in tensors)
        {
            Text(name);
            writer.Write(1u);
            writer.Write((ulong)bytes);
            writer.Write(24u);
            writer.Write(offset);
            offset += ((ulong)bytes + 63) / 64 * 64;
        }

        writer.Write(new byte[(64 - (stream.Length % 64)) % 64]);
        long data = stream.Length;
        writer.Write(new byte[(int)(offset - (((ulong)tensors[^1].Bytes + 63) / 64 * 64)) + tensors[^1].Bytes]);
        Assert.True(stream.Length > data);
        return stream.ToArray();
    }
}
