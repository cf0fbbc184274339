namespace Damon.Trace.Tracer.Monitoring;

/// <summary>What is known of one page that is followed.</summary>
public struct FollowedPage
{
    /// <summary><see cref="LastNs"/> of a page that was never seen accessed.</summary>
    public const long Never = long.MinValue;

    /// <summary>When it was seen accessed last, in nanoseconds; <see cref="Never"/> if it never was.</summary>
    public long LastNs;

    /// <summary>Nothing can be known of it.</summary>
    public bool IsUnknown;

    /// <summary>It holds no memory any more.</summary>
    public bool IsAbsent;

    /// <summary>Only a sweep makes it old, and it was seen accessed since the latest one: that it is young says nothing new.</summary>
    internal bool IsYoungSinceSweep;

    internal void See(AccessState state, bool isFirst, long nowNs)
    {
        if (state == AccessState.Unprepared)
        {
            return; // still young: the next look tells
        }

        IsUnknown = state == AccessState.Unclearable || (state == AccessState.AwaitsSweep && isFirst);
        IsAbsent = state == AccessState.NotPresent;
        bool isNews = state == AccessState.Accessed || (state == AccessState.SweptAccessed && !IsYoungSinceSweep);
        IsYoungSinceSweep |= state == AccessState.SweptAccessed;
        if (isNews && !isFirst)
        {
            LastNs = nowNs;
        }
    }
}
