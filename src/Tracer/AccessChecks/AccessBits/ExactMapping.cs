using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>What an exact scan tells of one mapping. Touched + untouched + unknown is what of it is resident.</summary>
public sealed class ExactMapping
{
    private readonly List<PageRun> _touched = [];

    internal ExactMapping(Mapping mapping) => Mapping = mapping;

    /// <summary>The mapping when the pages were read.</summary>
    public Mapping Mapping { get; }

    /// <summary>Bytes of pages accessed since the sweep.</summary>
    public ulong TouchedBytes { get; private set; }

    /// <summary>Bytes of pages not accessed since the sweep.</summary>
    public ulong UntouchedBytes { get; private set; }

    /// <summary>Bytes of pages of which nothing can be known.</summary>
    public ulong UnknownBytes => HugeTlbBytes + DeviceBytes + OtherSamplerBytes + NotDescribedBytes;

    /// <summary>Of the unknown ones: hugetlb.</summary>
    public ulong HugeTlbBytes { get; private set; }

    /// <summary>Of the unknown ones: memory of devices.</summary>
    public ulong DeviceBytes { get; private set; }

    /// <summary>Of the unknown ones: another sampler took the bit.</summary>
    public ulong OtherSamplerBytes { get; private set; }

    /// <summary>Of the unknown ones: large pages whose kind could not be read.</summary>
    public ulong NotDescribedBytes { get; private set; }

    /// <summary>Bytes of known pages that have one bit for 2 MiB: an access to any byte of one touches all of it.</summary>
    public ulong HugeBytes { get; internal set; }

    /// <summary>Bytes of memory the mapping holds.</summary>
    public ulong ResidentBytes => TouchedBytes + UntouchedBytes + UnknownBytes;

    /// <summary>The touched pages, ascending, none next to another: 16 bytes a run.</summary>
    public IReadOnlyList<PageRun> Touched => _touched;

    internal void Add(ulong start, ulong end, ExactState state, ulong pageSize)
    {
        if (state == ExactState.Untouched)
        {
            UntouchedBytes += end - start;
        }
        else if (state == ExactState.Touched)
        {
            TouchedBytes += end - start;
            _touched.Add(new PageRun((start - Mapping.Start) / pageSize, (end - start) / pageSize));
        }
    }

    internal void AddUnknown(ulong bytes, ExactUnknownReason reason)
    {
        HugeTlbBytes += reason == ExactUnknownReason.HugeTlb ? bytes : 0;
        DeviceBytes += reason == ExactUnknownReason.Device ? bytes : 0;
        OtherSamplerBytes += reason == ExactUnknownReason.OtherSampler ? bytes : 0;
        NotDescribedBytes += reason == ExactUnknownReason.NotDescribed ? bytes : 0;
    }
}
