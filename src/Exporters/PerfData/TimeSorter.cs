namespace Damon.Trace.Exporters.PerfData;

/// <summary>
/// Brings records into the order of their times, equal ones in the order of the file, as perf's ordered_events does: a file holds the
/// cpus' rings one after the other, cut into rounds. When a round ends, nothing earlier than the end of the round before can follow.
/// Memory stays bounded where a file has no rounds: beyond <see cref="Capacity"/> records the older half is delivered.
/// </summary>
internal sealed class TimeSorter(Action<PendingEvent[], int, int> deliver, int capacity = TimeSorter.Capacity)
{
    /// <summary>Records kept at most: 56 MiB, twice that while sorting.</summary>
    internal const int Capacity = 1 << 20;

    private PendingEvent[] _events = new PendingEvent[4096];
    private PendingEvent[] _other = [];
    private int _head;
    private int _end;
    private bool _sorted = true;
    private ulong _largestTime;
    private ulong _roundLimit;

    /// <summary>
    /// The place for one more record; the caller fills it in, its time being the argument. No allocation once the array has grown.
    /// </summary>
    internal ref PendingEvent Add(ulong timeNs)
    {
        if (_end == _events.Length)
        {
            MakeRoom();
        }

        if (timeNs < _largestTime)
        {
            _sorted = _sorted && (_end == _head || timeNs >= _events[_end - 1].TimeNs);
        }
        else
        {
            _largestTime = timeNs;
        }

        ref PendingEvent added = ref _events[_end++];
        added.TimeNs = timeNs;
        return ref added;
    }

    /// <summary>PERF_RECORD_FINISHED_ROUND.</summary>
    internal void EndRound()
    {
        if (_roundLimit > 0)
        {
            DeliverUpTo(_roundLimit);
        }

        _roundLimit = _largestTime;
    }

    /// <summary>Delivers all.</summary>
    internal void Flush() => DeliverUpTo(ulong.MaxValue);

    private void DeliverUpTo(ulong limit)
    {
        Sort();
        int low = _head;
        int high = _end;
        while (low < high)
        {
            int middle = low + ((high - low) / 2);
            if (_events[middle].TimeNs <= limit)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        DeliverFirst(low - _head);
    }

    private void DeliverFirst(int count)
    {
        int from = _head;
        _head += count;
        deliver(_events, from, count);
        if (_head == _end)
        {
            _head = _end = 0;
        }
    }

    private void MakeRoom()
    {
        int count = _end - _head;
        if (_events.Length >= capacity && count > capacity / 2)
        {
            Sort();
            DeliverFirst(count - (capacity / 2));
            count = capacity / 2;
        }

        if (count > _events.Length / 2)
        {
            PendingEvent[] larger = new PendingEvent[_events.Length * 2];
            Array.Copy(_events, _head, larger, 0, count);
            _events = larger;
        }
        else
        {
            Array.Copy(_events, _head, _events, 0, count);
        }

        _head = 0;
        _end = count;
    }

    /// <summary>Natural merge sort: stable, linear in what is sorted already, and rings are few long runs.</summary>
    private void Sort()
    {
        while (!_sorted)
        {
            if (_other.Length < _events.Length)
            {
                _other = new PendingEvent[_events.Length];
            }

            int at = _head;
            int runs = 0;
            while (at < _end)
            {
                int middle = EndOfRun(at);
                int end = middle < _end ? EndOfRun(middle) : middle;
                Merge(at, middle, end);
                at = end;
                runs++;
            }

            (_events, _other) = (_other, _events);
            _sorted = runs <= 1;
        }
    }

    private int EndOfRun(int at)
    {
        at++;
        while (at < _end && _events[at].TimeNs >= _events[at - 1].TimeNs)
        {
            at++;
        }

        return at;
    }

    private void Merge(int left, int middle, int end)
    {
        int right = middle;
        for (int at = left, to = left; to < end; to++)
        {
            bool takeLeft = at < middle && (right == end || _events[at].TimeNs <= _events[right].TimeNs);
            _other[to] = takeLeft ? _events[at++] : _events[right++];
        }
    }
}
