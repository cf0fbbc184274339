using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Tracer.AccessChecks.WrittenPages;

/// <summary>The mappings of a target that are registered for write-protection, and those that the kernel refused.</summary>
internal sealed class RegisteredMappings(TargetProcess target, SafeFileHandle userfaultfd)
{
    private readonly MappingReader _reader = new(target);
    private readonly RefusedMappings _refused = new();
    private readonly List<Mapping> _mappings = [];

    internal bool IsRefused(ulong address) => _refused.Contains(address);

    internal void NextTick() => _refused.NextTick();

    /// <summary>
    /// Registers what is mapped now; what is registered already stays as it is. Bounded by the mappings: 0.1 us each to read and 1 us to
    /// register, with the target's mmap lock held for each.
    /// </summary>
    internal void Update()
    {
        if (!_reader.TryRead(_mappings, out bool changed) || !changed)
        {
            return;
        }

        foreach (Mapping mapping in _mappings)
        {
            if (mapping.IsAccessible)
            {
                // Refused for what has no pages of its own, or has another userfaultfd already: found out when it is sampled.
                _ = Userfaultfd.Register(userfaultfd, mapping.Start, mapping.Size);
            }
        }
    }

    /// <summary>Remembers that the mapping of an address cannot be watched.</summary>
    internal void Refuse(ulong address)
    {
        foreach (Mapping mapping in _mappings)
        {
            if (address >= mapping.Start && address < mapping.End)
            {
                _refused.Add(new AddressRange(mapping.Start, mapping.End));
                return;
            }
        }
    }

    /// <summary>Takes the protection off again.</summary>
    internal void Unregister()
    {
        _ = _reader.TryRead(_mappings, out _);
        foreach (Mapping mapping in _mappings)
        {
            if (mapping.IsAccessible)
            {
                _ = Userfaultfd.Unregister(userfaultfd, mapping.Start, mapping.Size);
            }
        }
    }
}
