using Damon.Trace.Reports.Accesses;
using Damon.Trace.Tracer.AccessSamples;
using Damon.Trace.Tracer.Symbols;

namespace Damon.Trace.Cli.Who;

/// <summary>Gives sampled accesses their names. What was found once is known: programs access memory from few places.</summary>
internal sealed class AccessNames(TargetSymbols symbols)
{
    private const int MaxKnown = 65_536;

    private readonly Dictionary<ulong, CodeName> _names = [];

    /// <summary>The access with names.</summary>
    /// <param name="sample">The access.</param>
    /// <param name="stack">Return addresses.</param>
    /// <param name="range">The range it is in.</param>
    internal NamedAccess NameOf(in AccessSample sample, ReadOnlySpan<ulong> stack, int range)
    {
        CodeName code = Find(sample.Ip);
        List<string> callers = [];
        foreach (ulong address in stack[..symbols.DepthOf(stack)])
        {
            callers.Add(Find(address - 1).ToString());
        }

        return new NamedAccess(
            range, sample.Address, code.ToString(), code.Module, sample.Tid, sample.IsWrite, sample.IsKernel, sample.Probe, sample.Weight, callers);
    }

    /// <summary>Forgets names that may have changed: of code compiled at run time, and of what had none.</summary>
    internal void Refresh()
    {
        symbols.Refresh();
        foreach ((ulong address, CodeName name) in _names.ToArray())
        {
            if (name.Function is null || name.Module.EndsWith("jit]", StringComparison.Ordinal))
            {
                _names.Remove(address);
            }
        }
    }

    private CodeName Find(ulong address)
    {
        if (!_names.TryGetValue(address, out CodeName name))
        {
            if (_names.Count >= MaxKnown)
            {
                _names.Clear();
            }

            _names[address] = name = symbols.NameOf(address);
        }

        return name;
    }
}
