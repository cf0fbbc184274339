using Damon.Trace.Tracer.AccessChecks.ReferencedMappings;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Fuzz;

/// <summary>Files of /proc, in which a target has names of its own choice; the first byte says which one.</summary>
internal static class ProcFiles
{
    internal static void Read(byte[] input)
    {
        ReadOnlySpan<byte> text = input.AsSpan(Math.Min(1, input.Length));
        switch (input.Length == 0 ? (byte)'m' : input[0])
        {
            case (byte)'m':
                Maps(text);
                break;
            case (byte)'s':
                AccessState[] states = new AccessState[4];
                SmapsScanner.Read(text, [0, 0x5000, 0x7fff_0000_0000, ulong.MaxValue], states);
                break;
            case (byte)'t':
                _ = ProcStat.TryParse(text, out _);
                _ = SafeText.FromUtf8(ProcStat.CommOf(text));
                break;
            case (byte)'f':
                _ = ProcFootprint.TryParseStatm(text, out _, out _);
                _ = ProcFootprint.ParseKilobytes(text, "\nVmSwap:"u8);
                break;
            case (byte)'p':
                _ = new SymbolTable(PerfMap.Parse(text.ToArray())).TryFind(0x1234, out _, out _);
                break;
            case (byte)'g':
                _ = ControlGroups.Parse(System.Text.Encoding.UTF8.GetString(text).Split('\n')).Root;
                break;
            default:
                break;
        }
    }

    /// <summary>Mappings ascend and do not overlap, whatever the text says.</summary>
    private static void Maps(ReadOnlySpan<byte> text)
    {
        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        List<Mapping> mappings = [];
        new MappingReader(self).Parse(text, mappings);
        for (int i = 0; i < mappings.Count; i++)
        {
            if (mappings[i].End <= mappings[i].Start || (i > 0 && mappings[i].Start < mappings[i - 1].End))
            {
                throw new InvalidOperationException($"{mappings[i]} follows {(i > 0 ? mappings[i - 1] : default)}");
            }
        }

        _ = GeneratedCode.NameIn(mappings);
    }
}
