namespace Damon.Trace.Tracer.Targets;

/// <summary>
/// The mappings of a target with everything known about them: where a mapping holds memory of several purposes, it is split, and each part
/// has the name of its purpose. What is monitored does not change by it, only what it is called.
/// </summary>
public sealed class RefinedMappings
{
    private readonly VaddrAddressSpace _space;
    private readonly INamedRanges? _names;
    private readonly List<Mapping> _mappings = [];
    private uint _ofGeneration;
    private IReadOnlyList<NamedRange> _ofRanges = [];

    /// <param name="space">Its mappings; stays the caller's.</param>
    /// <param name="names">What its runtime tells, or null.</param>
    public RefinedMappings(VaddrAddressSpace space, INamedRanges? names)
    {
        _space = space;
        _names = names;
    }

    /// <summary>Counts the changes, of mappings or of names: 0 before the first reading, then 1.</summary>
    public uint Generation { get; private set; }

    /// <summary>The mappings as of the latest <see cref="Update"/>, in address order.</summary>
    public IReadOnlyList<Mapping> Mappings => _mappings;

    /// <summary>Takes over what has changed. Costs two comparisons when nothing has; else mappings + names, without looking at memory.</summary>
    public void Update()
    {
        IReadOnlyList<NamedRange> ranges = _names?.Ranges ?? [];
        if (_space.Generation == _ofGeneration && ReferenceEquals(ranges, _ofRanges))
        {
            return;
        }

        _ofGeneration = _space.Generation;
        _ofRanges = ranges;
        Generation++;
        _mappings.Clear();
        Refine(_space.Mappings, ranges, _mappings);
    }

    /// <summary>
    /// Splits mappings along the ranges. A mapping of a file keeps its name, which says more than any runtime; so does generated code. Memory files,
    /// through which .NET maps generated code twice, count as files here. Labels they have like all others.
    /// </summary>
    /// <param name="mappings">Disjoint, in address order.</param>
    /// <param name="ranges">Disjoint, in address order; parts outside the mappings are left out.</param>
    /// <param name="refined">Receives the parts, which cover the same addresses as the mappings.</param>
    internal static void Refine(IReadOnlyList<Mapping> mappings, IReadOnlyList<NamedRange> ranges, List<Mapping> refined)
    {
        string codeName = GeneratedCode.NameIn(mappings);
        int first = 0;
        foreach (Mapping mapping in mappings)
        {
            while (first < ranges.Count && ranges[first].End <= mapping.Start)
            {
                first++;
            }

            bool isCode = GeneratedCode.Is(mapping);
            bool keepsName = isCode || mapping.Name.StartsWith('/');
            Split(isCode ? mapping with { Name = codeName } : mapping, ranges, first, keepsName, refined);
        }
    }

    private static void Split(in Mapping mapping, IReadOnlyList<NamedRange> ranges, int first, bool keepsName, List<Mapping> refined)
    {
        ulong position = mapping.Start;
        for (int i = first; i < ranges.Count && ranges[i].Start < mapping.End; i++)
        {
            NamedRange range = ranges[i];
            ulong start = Math.Max(position, range.Start);
            ulong end = Math.Min(mapping.End, range.End);
            if (start >= end || (keepsName && range.Label.Length == 0))
            {
                continue;
            }

            if (start > position)
            {
                refined.Add(Part(mapping, position, start));
            }

            Mapping part = Part(mapping, start, end);
            refined.Add(part with { Name = keepsName || range.Name.Length == 0 ? part.Name : range.Name, Label = range.Label });
            position = end;
        }

        if (position < mapping.End)
        {
            refined.Add(Part(mapping, position, mapping.End));
        }
    }

    private static Mapping Part(in Mapping mapping, ulong start, ulong end) =>
        mapping with { Start = start, End = end, Offset = mapping.Offset + (start - mapping.Start) };
}
