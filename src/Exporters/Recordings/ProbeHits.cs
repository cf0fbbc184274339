namespace Damon.Trace.Exporters.Recordings;

/// <summary>
/// What regions say beside nr_accesses where the kernel has data-attribute probes (Linux 7.2): the hits of each probe. Our recordings have
/// no place for them. Where only attributes are monitored (Linux 7.3) all nr_accesses are 0, and shown as they are would mean that all is
/// cold.
/// </summary>
internal sealed class ProbeHits
{
    private long _events;
    private bool _anyHit;
    private uint _accesses;

    /// <summary>Takes a region of any event, with or without hits. A few instructions.</summary>
    internal void Add(uint nrAccesses, bool hasHits, bool anyHit)
    {
        _accesses |= nrAccesses;
        _anyHit |= anyHit;
        _events += hasHits ? 1 : 0;
    }

    /// <exception cref="RecordingFormatException">The recording tells attributes and no accesses.</exception>
    internal void RequireAccesses()
    {
        if (_anyHit && _accesses == 0)
        {
            throw new RecordingFormatException(
                $"all nr_accesses are 0 while probes were hit in {_events} events: this is attributes-only monitoring, which tells nothing of "
                + "accesses, so that cold memory is not to be told from hot; hint: monitor accesses, too (Linux 7.3: attrs only off)");
        }
    }

    internal IEnumerable<string> Notes()
    {
        if (_events > 0)
        {
            yield return $"the probe_hits of {_events} events were left out";
        }
    }
}
