using System.Runtime.InteropServices;
using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>The payloads of the events about accesses. Stacks and names of threads come once and are kept; what comes of them is bounded.</summary>
internal sealed class AccessPayloads
{
    private const int MaxThreads = 65_536;
    private const int MaxStacks = 4 * StackDescription.MaxStacks;

    private readonly Dictionary<(ulong TargetId, uint StackId), StackDescription> _stacks = [];
    private readonly Dictionary<(ulong TargetId, int Tid), string> _threads = [];

    internal static bool Knows(int eventId) => eventId is >= DamonEventId.Access and <= DamonEventId.SplitPages;

    /// <summary>Takes one event; false when its payload is too short.</summary>
    internal bool TryDispatch(ref PayloadReader reader, int eventId, IRecordingSink sink)
    {
        switch (eventId)
        {
            case DamonEventId.Stack:
                return TryStack(ref reader);
            case DamonEventId.Thread:
                return TryThread(ref reader);
            case DamonEventId.Sampler:
                AccessSamplerState state = new(reader.Read<AccessSamplerCounts>(), reader.ReadText(), reader.ReadText(), reader.ReadText());
                return Deliver(reader.Failed, new AccessEvent { Kind = AccessEventKind.Sampler, Sampler = state }, sink);
            case DamonEventId.HugePages:
                HugePages huge = reader.Read<HugePages>();
                HugePageRun[] runs = MemoryMarshal.Cast<byte, HugePageRun>(reader.ReadBlob()).ToArray();
                return Deliver(reader.Failed, new AccessEvent { Kind = AccessEventKind.HugePages, HugePages = huge, Runs = runs }, sink);
            case DamonEventId.SplitPages:
                SplitHugePages split = reader.Read<SplitHugePages>();
                SplitHugePage[] pages = MemoryMarshal.Cast<byte, SplitHugePage>(reader.ReadBlob()).ToArray();
                return Deliver(reader.Failed, new AccessEvent { Kind = AccessEventKind.SplitPages, Split = split, Pages = pages }, sink);
            default:
                AccessRecord access = reader.Read<AccessRecord>();
                return Deliver(
                    reader.Failed,
                    new AccessEvent
                    {
                        Access = access,
                        Stack = _stacks.GetValueOrDefault((access.TargetId, access.StackId)),
                        Thread = _threads.GetValueOrDefault((access.TargetId, access.Tid)),
                    },
                    sink);
        }
    }

    private static bool Deliver(bool failed, in AccessEvent access, IRecordingSink sink)
    {
        if (!failed)
        {
            sink.OnAccess(in access);
        }

        return !failed;
    }

    private bool TryStack(ref PayloadReader reader)
    {
        ulong targetId = reader.Read<ulong>();
        uint id = reader.Read<uint>();
        string[] lines = reader.ReadText().Split('\n');
        ReadOnlySpan<ulong> addresses = MemoryMarshal.Cast<byte, ulong>(reader.ReadBlob());
        if (reader.Failed || addresses.Length < 2 * lines.Length)
        {
            return false;
        }

        if (_stacks.Count >= MaxStacks)
        {
            _stacks.Clear();
        }

        CodeFrame[] frames = new CodeFrame[lines.Length];
        for (int i = 0; i < frames.Length; i++)
        {
            int tab = lines[i].LastIndexOf('\t');
            frames[i] = new CodeFrame(
                addresses[2 * i], addresses[(2 * i) + 1], tab < 0 ? lines[i] : lines[i][..tab], tab < 0 ? "" : lines[i][(tab + 1)..]);
        }

        // Descriptions are repeated for late attachers: whoever compares instances goes on with the first.
        if (!_stacks.TryGetValue((targetId, id), out StackDescription? known) || !known.Frames.SequenceEqual(frames))
        {
            _stacks[(targetId, id)] = new StackDescription(targetId, id, frames);
        }

        return true;
    }

    private bool TryThread(ref PayloadReader reader)
    {
        ulong targetId = reader.Read<ulong>();
        int tid = reader.Read<int>();
        string comm = reader.ReadText();
        if (reader.Failed)
        {
            return false;
        }

        if (_threads.Count >= MaxThreads)
        {
            _threads.Clear();
        }

        _threads[(targetId, tid)] = comm;
        return true;
    }
}
