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

    /// <summary>There was a sweep since it is followed.</summary>
    internal bool WasSwept;

    /// <summary>Nothing is known of it.</summary>
    public readonly bool IsUnknown => !IsKnown && !IsAbsent;

    /// <summary>It holds no memory any more.</summary>
    public readonly bool IsAbsent => State == AccessState.NotPresent;

    /// <summary>Somebody else found it young and made it old.</summary>
    internal void OnTaken(long nowNs)
    {
        LastNs = IsKnown || LastNs != Never ? nowNs : LastNs;
        IsKnown = true;
    }

    /// <summary>A sweep has made it old, if it is of that kind.</summary>
    internal void OnSwept()
    {
        IsYoungSinceSweep = false;
        WasSwept = true;
    }

    internal void See(AccessState state, long nowNs)
    {
        State = state;

        // What the first look finds may have been accessed since whenever: it makes the page old and tells nothing else.
        bool hasBegun = IsKnown || LastNs != Never || (WasSwept && state == AccessState.SweptAccessed);
        bool isNews = state == AccessState.Accessed || (state == AccessState.SweptAccessed && !IsYoungSinceSweep);
        LastNs = isNews && hasBegun ? nowNs : LastNs;
        IsYoungSinceSweep |= state == AccessState.SweptAccessed;
        bool saysNothing = state is AccessState.Unprepared or AccessState.AwaitsSweep or AccessState.NotPresent;
        IsKnown = state != AccessState.Unclearable && (IsKnown || !saysNothing);
    }
}
