using Iced.Intel;

namespace Damon.Trace.Tracer.AccessSamples.Instructions;

/// <summary>
/// The instructions around an address of a target. x86 instructions can be read forwards only: before the address they are read from the begin
/// of its function where that is known and near; else from every byte of a window, and the readings that run into each other, which those begun
/// at a wrong byte soon do, are put to the vote.
/// </summary>
internal sealed class CodeWindow
{
    // Instructions have 15 bytes at most; readings meet after three or so.
    private const int VotingBytes = 96;
    private const int LargestFunctionBytes = 4096;
    private const int BytesAfter = 256;

    private readonly TargetCode _code;
    private readonly Func<ulong, ulong?>? _functionStart;
    private readonly byte[] _bytes = new byte[LargestFunctionBytes + BytesAfter];

    internal CodeWindow(TargetCode code, Func<ulong, ulong?>? functionStart)
    {
        _code = code;
        _functionStart = functionStart;
    }

    /// <summary>Instructions that end where the address begins, in their order; none where they cannot be told.</summary>
    internal List<Instruction> Before { get; } = [];

    /// <summary>The instruction at the address and those after it, up to one that cannot be read.</summary>
    internal List<Instruction> After { get; } = [];

    /// <summary>Reads the instructions around an address; both lists are empty where there is no code.</summary>
    internal void Read(ulong ip)
    {
        Before.Clear();
        After.Clear();
        ulong? start = _functionStart?.Invoke(ip);
        bool known = start is { } begin && begin <= ip && ip - begin <= LargestFunctionBytes;
        int before = known ? (int)(ip - start!.Value) : VotingBytes;
        int length = _code.Read(ip - (ulong)before, _bytes.AsSpan(0, before + BytesAfter));
        if (length <= before && !known)
        {
            // The window may begin before the first page of the code.
            before = (int)Math.Min(VotingBytes, ip % (ulong)Environment.SystemPageSize);
            length = _code.Read(ip - (ulong)before, _bytes.AsSpan(0, before + BytesAfter));
        }

        if (length <= before)
        {
            return;
        }

        ulong origin = ip - (ulong)before;
        Decode(before, length, origin, ulong.MaxValue, After);
        if (known)
        {
            Decode(0, length, origin, ip, Before);
            if (Before.Count > 0 && Before[^1].NextIP != ip)
            {
                Before.Clear();
            }
        }
        else
        {
            Vote(before, length, origin);
        }
    }

    /// <summary>Decodes from an offset until an instruction would begin at or after an address, or is none.</summary>
    private void Decode(int offset, int length, ulong origin, ulong end, List<Instruction> instructions)
    {
        var decoder = Decoder.Create(64, new ByteArrayCodeReader(_bytes, offset, length - offset), origin + (ulong)offset);
        while (decoder.IP < end)
        {
            decoder.Decode(out Instruction instruction);
            if (instruction.IsInvalid)
            {
                return;
            }

            instructions.Add(instruction);
        }
    }

    /// <summary>Follows, from the address backwards, the predecessor that most readings have.</summary>
    private void Vote(int before, int length, ulong origin)
    {
        ulong ip = origin + (ulong)before;
        var predecessors = new Dictionary<ulong, Dictionary<ulong, (int Votes, Instruction Instruction)>>();
        List<Instruction> reading = [];
        for (int offset = 0; offset < before; offset++)
        {
            reading.Clear();
            Decode(offset, length, origin, ip, reading);
            if (reading.Count == 0 || reading[^1].NextIP != ip)
            {
                continue;
            }

            foreach (Instruction instruction in reading)
            {
                if (!predecessors.TryGetValue(instruction.NextIP, out var votes))
                {
                    predecessors[instruction.NextIP] = votes = [];
                }

                votes[instruction.IP] = (votes.GetValueOrDefault(instruction.IP).Votes + 1, instruction);
            }
        }

        for (ulong at = ip; predecessors.TryGetValue(at, out var votes);)
        {
            Instruction most = votes.Values.MaxBy(static vote => vote.Votes).Instruction;
            Before.Add(most);
            at = most.IP;
        }

        Before.Reverse();
    }
}
