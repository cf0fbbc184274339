using Damon.Trace.Events;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Tracepoints;

namespace Damon.Trace.Cli.Who;

/// <summary>Turns samples of one target into events. Stacks and threads are described once, and again for each reader that attaches.</summary>
internal sealed class AccessEvents(ulong targetId, bool withStacks, DamonTracepoint tracepoint, TargetSymbols symbols, AccessSampler sampler)
{
    private readonly Dictionary<ulong, StackDescription> _stacks = [];
    private readonly Dictionary<int, ThreadDescription> _threads = [];
    private readonly Dictionary<ulong, CodeFrame> _frames = [];
    private int _attachCount = -1;
    private uint _nrStacks;

    internal void Take(in AccessSample sample, ReadOnlySpan<ulong> stack)
    {
        if (_attachCount != tracepoint.AttachCount)
        {
            Repeat();
        }

        if (!_threads.ContainsKey(sample.Tid))
        {
            var thread = new ThreadDescription(targetId, sample.Tid, sampler.NameOfThread(sample.Tid));
            _threads[sample.Tid] = thread;
            tracepoint.OnThread(thread);
        }

        var access = new AccessRecord
        {
            TargetId = targetId,
            TimeNs = sample.TimeNs,
            Address = sample.Address,
            Ip = sample.Ip,
            Tid = sample.Tid,
            IsWrite = sample.IsWrite switch { true => 1, false => 0, null => AccessRecord.UnknownDirection },
            IsKernel = sample.IsKernel ? (byte)1 : (byte)0,
            StackId = withStacks ? StackOf(sample.Ip, stack) : 0,
            Probe = (ulong)sample.Probe,
            Weight = sample.Weight,
        };
        tracepoint.OnAccess(in access);
    }

    /// <summary>Forgets names that may have changed: of code compiled at run time, and of what had none.</summary>
    internal void Refresh()
    {
        if (!withStacks)
        {
            return;
        }

        symbols.Refresh();
        _frames.Clear();
        foreach ((ulong hash, StackDescription stack) in _stacks.ToArray())
        {
            // The same hash gets another id once there is a name.
            if (stack.Frames.Any(static frame => frame.Module.EndsWith("jit]", StringComparison.Ordinal)))
            {
                _stacks.Remove(hash);
            }
        }
    }

    private void Repeat()
    {
        _attachCount = tracepoint.AttachCount;
        foreach (ThreadDescription thread in _threads.Values)
        {
            tracepoint.OnThread(thread);
        }

        foreach (StackDescription stack in _stacks.Values)
        {
            tracepoint.OnStack(stack);
        }
    }

    private uint StackOf(ulong ip, ReadOnlySpan<ulong> callers)
    {
        // FNV-1a over words; two of 16,384 stacks would be one in 10^11 recordings.
        ulong hash = (14695981039346656037UL ^ ip) * 1099511628211UL;
        foreach (ulong caller in callers)
        {
            hash = (hash ^ caller) * 1099511628211UL;
            hash ^= hash >> 29;
        }

        if (!_stacks.TryGetValue(hash, out StackDescription? stack))
        {
            if (_stacks.Count >= StackDescription.MaxStacks)
            {
                _stacks.Clear();
            }

            _nrStacks = (_nrStacks % StackDescription.MaxStacks) + 1;
            stack = new StackDescription(targetId, _nrStacks, FramesOf(ip, callers));
            _stacks[hash] = stack;
            tracepoint.OnStack(stack);
        }

        return stack.StackId;
    }

    private List<CodeFrame> FramesOf(ulong ip, ReadOnlySpan<ulong> callers)
    {
        List<CodeFrame> frames = [FrameOf(ip)];
        foreach (ulong address in callers[..Math.Min(symbols.DepthOf(callers), StackDescription.MaxFrames - 1)])
        {
            frames.Add(FrameOf(address - 1));
        }

        return frames;
    }

    private CodeFrame FrameOf(ulong address)
    {
        if (!_frames.TryGetValue(address, out CodeFrame frame))
        {
            CodeName name = symbols.NameOf(address);
            frame = new CodeFrame(
                address, symbols.FileOffsetOf(address) ?? 0, Cut(name.ToString(), StackDescription.MaxFunctionLength),
                Cut(name.Module, StackDescription.MaxModuleLength));
            _frames[address] = frame;
        }

        return frame;
    }

    private static string Cut(string name, int most)
    {
        string line = HumanText.OneLine(name);
        return line.Length <= most ? line : line[..(most - 3)] + "...";
    }
}
