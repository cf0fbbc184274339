using Damon.Trace.Reports;
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Symbols;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Who;

/// <summary>Which memory is looked at.</summary>
internal static class RangeChoice
{
    private const int NamesInHint = 5;

    /// <summary>What is looked at, and what has to be said of it; null for nothing.</summary>
    /// <exception cref="UserErrorException">The process has no such memory, or none that is accessed.</exception>
    internal static (IReadOnlyList<WatchedRange> Ranges, string? Remark) Of(WhoRequest request, TargetSymbols symbols, CancellationToken cancellation)
    {
        if (request.Ranges.Count > 0)
        {
            return ([.. request.Ranges.Select(range => OfAddresses(request, range, symbols.Mappings))], null);
        }

        return request.Mapping is { } name ? ([OfMapping(request, name, symbols.Mappings)], null) : Hottest(request, symbols, cancellation);
    }

    private static WatchedRange OfAddresses(WhoRequest request, AddressRange range, IReadOnlyList<Mapping> mappings)
    {
        Mapping[] mapped = [.. mappings.Where(mapping => mapping.IsAccessible && mapping.Start < range.End && mapping.End > range.Start)];
        AddressRange[] parts = [.. mapped.Select(mapping => new AddressRange(Math.Max(mapping.Start, range.Start), Math.Min(mapping.End, range.End)))];
        return parts.Length > 0
            ? new WatchedRange(string.Join(", ", mapped.Select(Describe).Distinct().Take(NamesInHint)), parts, null)
            : throw new UserErrorException(
                $"process {request.Pid} has no accessible memory in that range, 0x{range.Start:x}-0x{range.End:x}", $"see /proc/{request.Pid}/maps", ExitCode.TargetGone);
    }

    private static WatchedRange OfMapping(WhoRequest request, string name, IReadOnlyList<Mapping> mappings)
    {
        AddressRange[] parts = [.. mappings.Where(mapping => mapping.IsAccessible && IsNamed(mapping, name))
            .Select(static mapping => new AddressRange(mapping.Start, mapping.End))];
        IEnumerable<string> largest = mappings.Where(static mapping => mapping.IsAccessible).GroupBy(static mapping => NameOf(mapping))
            .OrderByDescending(static group => group.Sum(static mapping => (double)mapping.Size)).Take(NamesInHint).Select(static group => group.Key);
        return parts.Length > 0
            ? new WatchedRange(name, parts, null)
            : throw new UserErrorException(
                $"process {request.Pid} has no mapping named '{name}'", $"the largest are {string.Join(", ", largest)}", ExitCode.TargetGone);
    }

    /// <summary>Monitors for a moment and takes the ranges of which most memory is touched, code aside.</summary>
    private static (IReadOnlyList<WatchedRange> Ranges, string? Remark) Hottest(WhoRequest request, TargetSymbols symbols, CancellationToken cancellation)
    {
        MemoryRegion[] touched = [.. Monitor(request, cancellation).GetAwaiter().GetResult()
            .Where(static region => region.NrAccesses > 0 && region.TouchedBytes > 0)];
        symbols.Refresh();
        (MemoryRegion Region, AddressRange[] Parts, double Heat)[] data = [.. touched.Select(region => DataOf(region, symbols.Mappings))];
        (MemoryRegion Region, AddressRange[] Parts, double Heat)[] hottest =
            [.. data.Where(static one => one.Parts.Length > 0).OrderByDescending(static one => one.Heat).Take(request.Hottest)];
        if (hottest.Length == 0)
        {
            throw touched.Length == 0
                ? new UserErrorException(
                    $"process {request.Pid} accessed no memory within {HumanText.Seconds(request.Monitor)}",
                    "is it idle? --monitor 30s waits longer; --address-range and --mapping say where to look", ExitCode.TargetGone)
                : new UserErrorException(
                    $"process {request.Pid} was found to execute code within {HumanText.Seconds(request.Monitor)}, and to access nothing else",
                    "--monitor 30s waits longer; --address-range and --mapping say where to look", ExitCode.TargetGone);
        }

        double code = data.Sum(static one => one.Region.TouchedBytes - one.Heat);
        bool isCodeHotter = hottest.Length < request.Hottest || data.Any(one => one.Region.TouchedBytes - one.Heat > hottest[^1].Heat);
        return (
            [.. hottest.Select(one => new WatchedRange(NameOf(one.Region, one.Parts, symbols.Mappings), one.Parts, one.Region.FrequencyHz))
                .OrderBy(static range => range.Start)],
            code > 0 && isCodeHotter
                ? $"code is left out, {ReportText.Percent(code / touched.Sum(static region => (double)region.TouchedBytes))} of the memory found touched: "
                    + "it is executed; --mapping and --address-range look at it"
                : null);
    }

    private static (MemoryRegion Region, AddressRange[] Parts, double Heat) DataOf(MemoryRegion region, IReadOnlyList<Mapping> mappings)
    {
        (AddressRange[] parts, double share) = HotMemory.Data(new AddressRange(region.Start, region.End), mappings);
        return (region, parts, region.TouchedBytes * share);
    }

    /// <summary>Regions begin coarse and adapt to what is accessed: the latest are the best.</summary>
    private static async Task<IReadOnlyList<MemoryRegion>> Monitor(WhoRequest request, CancellationToken cancellation)
    {
        IReadOnlyList<MemoryRegion> regions = [];
        using var monitor = MemoryMonitor.Attach(request.Pid, new MonitorOptions { CpuBudget = request.CpuBudget });
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        over.CancelAfter(request.Monitor);
        try
        {
            await foreach (MemorySnapshot snapshot in monitor.Snapshots(over.Token))
            {
                regions = snapshot.Regions;
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            // The time is over.
        }

        return regions;
    }

    /// <summary>A region has the name of most of it, which may be that of code or a hole that was left out.</summary>
    private static string NameOf(MemoryRegion region, AddressRange[] parts, IReadOnlyList<Mapping> mappings)
    {
        bool isWhole = parts is [var part] && part.Start == region.Start && part.End == region.End;
        return !isWhole ? NameOf(mappings.First(mapping => mapping.End > parts[0].Start))
            : string.IsNullOrEmpty(region.MappingName) ? "[anon]"
            : region.MappingName;
    }

    private static bool IsNamed(in Mapping mapping, string name) => name switch
    {
        "[anon]" => mapping.Name.Length == 0,
        _ => mapping.Name == name || (mapping.Name.StartsWith('/') && Path.GetFileName(mapping.Name) == name),
    };

    private static string NameOf(Mapping mapping) => mapping.Name.Length == 0 ? "[anon]" : mapping.Name;

    private static string Describe(Mapping mapping) => $"{mapping.Permissions} {NameOf(mapping)}";
}
