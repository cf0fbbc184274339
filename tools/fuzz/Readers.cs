using System.Text;
using Damon.Trace.Events;
using Damon.Trace.Exporters;
using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Parquet.Reading;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;
using Damon.Trace.Exporters.Recordings.NetTrace;
using Damon.Trace.Exporters.WorkingSets;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Schemes;
using Damon.Trace.Tracer.Symbols;

namespace Damon.Trace.Fuzz;

/// <summary>
/// Everything that reads what others wrote. A reader may succeed, or refuse its input with one line and its place; anything else that it throws is a
/// finding.
/// </summary>
internal static class Readers
{
    internal static readonly SortedDictionary<string, Func<byte[], string>> All = new()
    {
        ["any"] = static input => Read(new RecordingReader(new MemoryStream(input), "input")),
        ["nettrace"] = static input => Read(new NetTraceReader(new MemoryStream(input))),
        ["perf-data"] = static input => Read(new PerfDataReader(new MemoryStream(input))),
        ["perf-script"] = static input => Refusable(() => new PerfScriptReader(new MemoryStream(input)).ReadTo(new EverySink(), CancellationToken.None)),
        ["damo-json"] = static input => Read(new DamoJsonReader(new MemoryStream(input))),
        ["damo-binary"] = static input => Read(new DamoBinaryReader(new MemoryStream(input))),
        ["parquet"] = static input => Read(new ParquetRecordingReader(new MemoryStream(input))),
        ["ctf"] = Ctf,
        ["working-set"] = static input => Refusable(() => WorkingSetReader.Read(new MemoryStream(input), "input")),
        ["schemes"] = static input => Refusable(() => Schemes(input)),
        ["btf"] = Kernel,
        ["elf"] = Elf,
        ["proc"] = static input =>
        {
            ProcFiles.Read(input);
            return WasRead;
        },
    };

    private const string WasRead = "read";

    /// <summary>What came of an input: <c>read</c>, <c>refused: </c> and why, or what must not be.</summary>
    internal static string Try(Func<byte[], string> read, byte[] input)
    {
        try
        {
            return read(input);
        }
        catch (Exception problem)
        {
            return problem.ToString();
        }
    }

    private static string Read(IRecordingReader reader) => Refusable(() => reader.Read(new EverySink(), CancellationToken.None));

    private static string Refusable(Action read)
    {
        try
        {
            read();
            return WasRead;
        }
        catch (DamonTraceException refusal) when (refusal is RecordingFormatException or SchemeException && refusal.Message.Length is > 0 and <= 2000)
        {
            return $"refused: {refusal.Message}";
        }
    }

    private static void Schemes(byte[] input)
    {
        (string name, int head) = input switch
        {
            [(byte)'j', ..] => ("a.json", 1),
            [(byte)'y', ..] => ("a.yaml", 1),
            _ => ("a", 0),
        };
        foreach (Tracer.Monitoring.Schemes.Scheme scheme in SchemeFile.Parse(Encoding.UTF8.GetString(input.AsSpan(head)), name))
        {
            _ = scheme.Title;
        }
    }

    /// <summary>A trace is a folder: the length of its metadata in two bytes, then that, then the stream.</summary>
    private static string Ctf(byte[] input)
    {
        string folder = $"/dev/shm/damon-trace-fuzz-{Environment.ProcessId}";
        Directory.CreateDirectory(folder);
        int length = input.Length < 2 ? 0 : Math.Min(input.Length - 2, input[0] | (input[1] << 8));
        File.WriteAllBytes(Path.Combine(folder, "metadata"), input.AsSpan(Math.Min(2, input.Length), length));
        File.WriteAllBytes(Path.Combine(folder, "channel0_0"), input.AsSpan(Math.Min(2, input.Length) + length));
        return Refusable(() => CtfReader.TryOpen(folder)?.Read(new EverySink(), CancellationToken.None));
    }

    private static string Kernel(byte[] input)
    {
        try
        {
            Btf btf = Btf.Parse(input);
            _ = btf.SizeOf("page") + btf.OffsetOf("mm_struct", "pgd") + btf.OffsetOf("page", "flags") + btf.EnumValue("PG_young") + btf.FunctionType("f");
            return WasRead;
        }
        catch (InvalidDataException refusal)
        {
            return $"refused: {refusal.Message}";
        }
    }

    private static string Elf(byte[] input)
    {
        ElfImage? image = ElfImage.TryRead((offset, buffer) =>
        {
            if (offset >= (ulong)input.Length)
            {
                return 0;
            }

            int length = Math.Min(buffer.Length, input.Length - (int)offset);
            input.AsSpan((int)offset, length).CopyTo(buffer);
            return length;
        });
        _ = image?.AddressOf(0x1000);
        _ = image?.Symbols.TryFind(0x1234, out _, out _);
        return WasRead;
    }
}
