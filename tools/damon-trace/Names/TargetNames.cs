using Damon.Trace.Cli.DotNet;
using Damon.Trace.Cli.Recording;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>The names that a recording was asked to find beyond those of the kernel. Who is asked, a server or a file, is asked once for all targets.</summary>
internal sealed class TargetNames
{
    private readonly bool _generations;
    private readonly IReadOnlyList<INameSource> _sources;
    private readonly TextWriter _error;

    /// <param name="request">What is asked for.</param>
    /// <param name="error">Told why the memory of a process stays without names.</param>
    internal TargetNames(RecordRequest request, TextWriter error)
    {
        _generations = request.DotNetNames;
        _sources = NameKinds.Sources(request.Names, saysFile: false);
        _error = TextWriter.Synchronized(error);
    }

    /// <summary>Whether any were asked for.</summary>
    internal bool AreWanted => _generations || _sources.Count > 0;

    /// <summary>One for each process, from its begin on; none where none were asked for.</summary>
    internal IReadOnlyList<INamedRanges> WatchAll(IReadOnlyList<TargetProcess> processes)
    {
        IReadOnlyList<INamedRanges> generations = _generations ? DotNetHeap.WatchAll(processes, _error) : [];
        return _sources.Count > 0 ? PolledNames.WatchAll(processes, _sources, generations, _error) : generations;
    }
}
