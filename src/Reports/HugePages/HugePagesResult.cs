using System.Text.Json.Serialization;

namespace Damon.Trace.Reports.HugePages;

/// <summary>What <c>report huge-pages</c> says.</summary>
/// <param name="Recording">The recording.</param>
/// <param name="Targets">Targets of which accesses were sampled.</param>
public sealed record HugePagesResult(RecordingFacts Recording, IReadOnlyList<HugePagesTarget> Targets);

/// <summary>The huge pages of one target.</summary>
/// <param name="Pid">The process; 0 where it is not known.</param>
/// <param name="Comm">Its name.</param>
/// <param name="Sampler">How accesses were sampled; null where that is not known.</param>
/// <param name="DurationSeconds">For how long.</param>
/// <param name="IsKnown">False where the kernel could not be asked which pages are huge (Linux 6.7 or later tells).</param>
/// <param name="IsCut">There are more huge pages than the recording has.</param>
/// <param name="Mappings">Those with accessed memory in huge pages, the most first.</param>
public sealed record HugePagesTarget(
    int Pid, string Comm, string? Sampler, double DurationSeconds, bool IsKnown, bool IsCut, IReadOnlyList<HugePagesMapping> Mappings);

/// <summary>The huge pages of mappings of one name, within the ranges that were found accessed.</summary>
public sealed record HugePagesMapping
{
    /// <summary>A touched share below pays for small pages; above the second, for huge ones.</summary>
    private const double Sparse = 0.5;
    private const double Dense = 0.8;

    /// <summary>Their name.</summary>
    public required string Mapping { get; init; }

    /// <summary>Memory in huge pages.</summary>
    public required ulong HugeBytes { get; init; }

    /// <summary>Of these, in huge pages that were seen accessed.</summary>
    public required ulong HotBytes { get; init; }

    /// <summary>Looks that saw an access to them.</summary>
    public required long Samples { get; init; }

    /// <summary>Small pages that were seen accessed: certain.</summary>
    public required long SubpagesSeen { get; init; }

    /// <summary>Small pages accessed, estimated, and the 95 % interval.</summary>
    public required double Subpages { get; init; }

    /// <summary>Lower end of the interval.</summary>
    public required double SubpagesLow { get; init; }

    /// <summary>Upper end of the interval.</summary>
    public required double SubpagesHigh { get; init; }

    /// <summary>Share of the accesses that go to pages that were seen.</summary>
    public required double Coverage { get; init; }

    /// <summary>What was seen of pages that were split for a while (<c>record --allow-split</c>); null where none were.</summary>
    public required SplitEstimate? Split { get; init; }

    /// <summary>Small pages in hot huge pages.</summary>
    [JsonIgnore]
    public double HotSubpages => (double)HotBytes / HugePagesPass.SubpageBytes;

    /// <summary>The interval leaves more than half of all possibilities open: the share is not known.</summary>
    public bool IsUnknown => HotBytes == 0 || (SubpagesHigh - SubpagesLow) / HotSubpages > 0.5;

    /// <summary>Share of the hot huge pages' memory that is accessed; null where it is not known.</summary>
    public double? TouchedShare => IsUnknown ? null : Subpages / HotSubpages;

    /// <summary>Lower end of its interval.</summary>
    public double TouchedShareLow => HotBytes == 0 ? 0 : SubpagesLow / HotSubpages;

    /// <summary>Upper end of its interval.</summary>
    public double TouchedShareHigh => HotBytes == 0 ? 1 : SubpagesHigh / HotSubpages;

    /// <summary>Memory of hot huge pages that nobody accessed: small pages would not need it. Null where it is not known.</summary>
    public double? HeldBytes => IsUnknown ? null : HotBytes - (Subpages * HugePagesPass.SubpageBytes);

    /// <summary>Lower end of its interval.</summary>
    public double HeldBytesLow => HotBytes - (SubpagesHigh * HugePagesPass.SubpageBytes);

    /// <summary>Upper end of its interval.</summary>
    public double HeldBytesHigh => HotBytes - (SubpagesLow * HugePagesPass.SubpageBytes);

    /// <summary>
    /// <c>small</c>, <c>huge</c>, or null where neither is clear. From the samples; where these do not tell, from the pages that were split.
    /// </summary>
    public string? Advice => !IsUnknown ? AdviceOf(TouchedShareLow, TouchedShareHigh)
        : Split is { IsUnknown: false } split ? AdviceOf(split.TouchedShareLow, split.TouchedShareHigh)
        : null;

    private static string? AdviceOf(double low, double high) => high < Sparse ? "small" : low > Dense ? "huge" : null;
}
