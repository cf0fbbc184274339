namespace Damon.Trace.Tracer.Monitoring.Schemes;

/// <summary>
/// Notices that reclaimed memory comes back, and how long it must be left alone so that it does not: what is accessed every ten seconds looks
/// idle after two, and a scheme that believes it would page it out and in for ever. The interval at which memory was really accessed is
/// its idle time when it was reclaimed and the time until it was back; twice that is asked for from then on. What a program does changes: after
/// a time in which little came back the brake loosens by half. Where that was wrong, it waits twice as long before it tries again: memory
/// accessed every so often for ever is fought ever more rarely.
/// </summary>
public sealed class RefaultBrake
{
    /// <summary>Share of the bytes reclaimed in a minute, or of all that are out if these are more, that may come back in a minute.</summary>
    public const double TolerableShare = 0.2;

    private const int MaxEntries = 1024;
    private const int WindowSeconds = 60;
    private const int MemorySeconds = 600;

    // It loosens after so many times the age it asks for, and not before five minutes are over.
    private const double FirstPatience = 8;
    private const double MaxPatience = 1 << 20;
    private const int LeastPatienceSeconds = 300;
    private const int LooseEnoughSeconds = 1;

    private readonly List<Entry> _entries = [];
    private readonly Queue<(TimeSpan At, ulong Reclaimed, ulong Back)> _window = new();
    private ulong _reclaimed;
    private ulong _back;
    private double _patience = FirstPatience;
    private bool _hasLoosened;
    private TimeSpan _changed;

    /// <summary>How idle memory must have been at least; zero until the brake was needed.</summary>
    public TimeSpan LeastAge { get; private set; }

    /// <summary>How often it was needed.</summary>
    public int NrBraked { get; private set; }

    /// <summary>Takes note of reclaimed memory; what was known of the same addresses is over.</summary>
    /// <param name="targetId">Whose.</param>
    /// <param name="range">Where.</param>
    /// <param name="reclaimed">Bytes that went.</param>
    /// <param name="stayed">Bytes that are present there all the same.</param>
    /// <param name="idle">For how long it had not been accessed.</param>
    /// <param name="now">Time since some point.</param>
    public void Add(ulong targetId, AddressRange range, ulong reclaimed, ulong stayed, TimeSpan idle, TimeSpan now)
    {
        _entries.RemoveAll(entry => entry.TargetId == targetId && entry.Range.Start < range.End && range.Start < entry.Range.End);
        if (_entries.Count == MaxEntries)
        {
            _entries.RemoveAt(0);
        }

        _entries.Add(new Entry(targetId, range, reclaimed, stayed, idle, now));
        Count(now, reclaimed, 0);
    }

    /// <summary>Looks whether it came back, and tightens the brake if too much did.</summary>
    /// <param name="now">Time since the same point.</param>
    /// <param name="present">Bytes present in a range of a target.</param>
    /// <returns>Bytes that came back since the look before.</returns>
    public ulong Look(TimeSpan now, Func<ulong, AddressRange, ulong> present)
    {
        ArgumentNullException.ThrowIfNull(present);
        _entries.RemoveAll(entry => now - entry.At > TimeSpan.FromSeconds(Math.Max(MemorySeconds, LeastAge.TotalSeconds * 4)));
        ulong back = 0;
        ulong outside = 0;
        TimeSpan interval = TimeSpan.Zero;
        foreach (Entry entry in _entries)
        {
            ulong before = entry.Back;
            entry.Look(now, present(entry.TargetId, entry.Range));
            back += entry.Back - before;
            outside += entry.Reclaimed;
            interval = entry.Back > 0 && entry.Interval > interval ? entry.Interval : interval;
        }

        Count(now, 0, back);
        if (back > 0 && _back > Math.Max(_reclaimed, outside) * TolerableShare)
        {
            NrBraked++;
            LeastAge = LeastAge > interval ? LeastAge * 2 : interval * 2;
            _patience = _hasLoosened ? Math.Min(_patience * 2, MaxPatience) : _patience;
            _hasLoosened = false;
            _changed = now;
            _entries.Clear(); // the next verdict needs new evidence
            _window.Clear();
            (_reclaimed, _back) = (0, 0);
        }
        else if (LeastAge > TimeSpan.Zero)
        {
            Loosen(now);
        }

        return back;
    }

    private void Loosen(TimeSpan now)
    {
        double quietSeconds = Math.Max(LeastAge.TotalSeconds * _patience, LeastPatienceSeconds);
        if ((now - _changed).TotalSeconds >= quietSeconds)
        {
            LeastAge = LeastAge.TotalSeconds / 2 < LooseEnoughSeconds ? TimeSpan.Zero : LeastAge / 2;
            _hasLoosened = true;
            _changed = now;
        }
    }

    private void Count(TimeSpan now, ulong reclaimed, ulong back)
    {
        if (reclaimed + back > 0)
        {
            _window.Enqueue((now, reclaimed, back));
            _reclaimed += reclaimed;
            _back += back;
        }

        while (_window.TryPeek(out (TimeSpan At, ulong Reclaimed, ulong Back) oldest) && now - oldest.At > TimeSpan.FromSeconds(WindowSeconds))
        {
            _window.Dequeue();
            _reclaimed -= oldest.Reclaimed;
            _back -= oldest.Back;
        }
    }

    private sealed class Entry(ulong targetId, AddressRange range, ulong reclaimed, ulong stayed, TimeSpan idle, TimeSpan at)
    {
        internal ulong TargetId => targetId;

        internal AddressRange Range => range;

        internal ulong Reclaimed => reclaimed;

        internal TimeSpan At => at;

        internal ulong Back { get; private set; }

        /// <summary>Between two accesses, if what is back was accessed just now.</summary>
        internal TimeSpan Interval { get; private set; }

        internal void Look(TimeSpan now, ulong present)
        {
            ulong back = Math.Min(reclaimed, present > stayed ? present - stayed : 0);
            if (back > Back)
            {
                Back = back;
                Interval = idle + (now - at);
            }
        }
    }
}
