namespace Damon.Trace.Tracer.Monitoring;

/// <summary>What is known of one page that is followed.</summary>
public struct FollowedPage
{
    /// <summary><see cref="LastNs"/> of a page that was never seen accessed.</summary>
    public const long Never = long.MinValue;

    /// <summary>When it was seen accessed last, in nanoseconds; <see cref="Never"/> if it never was.</summary>
    public long LastNs;

    /// <summary>What the latest look found.</summary>
    public AccessState State;

    /// <summary>Looks have said something about it.</summary>
    internal bool IsKnown;

    /// <summary>Only a sweep makes it old, and it was seen accessed since the latest one: that it is young says nothing new.</summary>
    internal bool IsYoungSinceSweep;

    /// <summary>Nothing is known of it.</summary>
    public readonly bool IsUnknown => !IsKnown && !IsAbsent;

    /// <summary>It holds no memory any more.</summary>
    public readonly bool IsAbsent => State == AccessState.NotPresent;

    internal void See(AccessState state, bool isFirst, long nowNs)
    {
        State = state;
        bool saysNothing = state is AccessState.Unprepared or AccessState.AwaitsSweep or AccessState.NotPresent;
        IsKnown = state != AccessState.Unclearable && (IsKnown || !saysNothing);
        bool isNews = state == AccessState.Accessed || (state == AccessState.SweptAccessed && !IsYoungSinceSweep);
        IsYoungSinceSweep |= state == AccessState.SweptAccessed;
        if (isNews && !isFirst)
        {
            LastNs = nowNs;
        }
    }
}
