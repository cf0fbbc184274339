using Damon.Trace.Events;
using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Limit;

/// <summary>
/// What at least one of several targets has touched of memory that all of them map. They are taken for workers of a pool, who do the same
/// work on the same data: pages that are popular with one are popular with all, and one that is half as busy touches within a time what another
/// touches within half of it. So they touch within T what the busiest does within the sum of the times in which it touches as
/// much as each of them within T: four equally busy ones touch in 5 s what one touches in 20 s. Where they touch parts of it independently of one
/// another it is more: that, and their sum, are in the range only.
/// </summary>
internal sealed class SharedTouches
{
    private readonly Dictionary<string, Dictionary<int, double?[]>> _touched = [];

    /// <summary>Takes what each target has touched within a bound, of several mappings of one name the sum.</summary>
    public void Add(int bound, IEnumerable<IEnumerable<MappingMemory>> targets)
    {
        int target = 0;
        foreach (IEnumerable<MappingMemory> mappings in targets)
        {
            foreach (MappingMemory mapping in mappings)
            {
                double?[] curve = CurveOf(mapping.Mapping!, target);
                curve[bound] = (curve[bound] ?? 0) + mapping.States.HotBytes;
            }

            target++;
        }
    }

    /// <summary>Bytes that at least one has touched within a bound, of so many.</summary>
    public double TouchedByAny(string name, int bound, double held)
    {
        double?[][] members = [.. _touched[name].Values.Where(curve => curve[bound] is not null)];
        double?[]? busiest = members.MaxBy(curve => curve[bound]);
        if (busiest is null || busiest[bound] is not > 0)
        {
            return 0;
        }

        double seconds = members.Sum(curve => SecondsFor(busiest, curve[bound]!.Value, bound));
        return Math.Min(held, Math.Max(busiest[bound]!.Value, TouchedWithin(busiest, seconds)));
    }

    private double?[] CurveOf(string name, int target)
    {
        if (!_touched.TryGetValue(name, out Dictionary<int, double?[]>? targets))
        {
            _touched.Add(name, targets = []);
        }

        if (!targets.TryGetValue(target, out double?[]? curve))
        {
            targets.Add(target, curve = new double?[IdleBuckets.NrBounds]);
        }

        return curve;
    }

    /// <summary>Within which time a target touches so much, at most that of a bound: between bounds as on a line.</summary>
    private static double SecondsFor(double?[] curve, double bytes, int bound)
    {
        (double Seconds, double Bytes) before = (0, 0);
        for (int i = 0; i <= bound; i++)
        {
            if (curve[i] is not { } here)
            {
                continue;
            }

            double seconds = IdleBounds.SecondsOf(i);
            if (here >= bytes)
            {
                return here > before.Bytes ? before.Seconds + ((bytes - before.Bytes) / (here - before.Bytes) * (seconds - before.Seconds)) : before.Seconds;
            }

            before = (seconds, here);
        }

        return IdleBounds.SecondsOf(bound);
    }

    /// <summary>The way back. Beyond the longest time that is known it goes on as between the last two of them, over the logarithm of the time.</summary>
    private static double TouchedWithin(double?[] curve, double seconds)
    {
        (double Seconds, double Bytes) before = (0, 0), last = (0, 0);
        for (int i = 0; i < curve.Length; i++)
        {
            if (curve[i] is not { } here)
            {
                continue;
            }

            double at = IdleBounds.SecondsOf(i);
            if (at >= seconds)
            {
                return last.Bytes + ((seconds - last.Seconds) / (at - last.Seconds) * (here - last.Bytes));
            }

            (before, last) = (last, (at, Math.Max(here, last.Bytes)));
        }

        return before.Seconds == 0
            ? last.Bytes
            : last.Bytes + ((last.Bytes - before.Bytes) * Math.Log(seconds / last.Seconds) / Math.Log(last.Seconds / before.Seconds));
    }
}
