namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>Takes the events of one other provider that are in the same stream; those of all others are skipped unread.</summary>
public interface IForeignEvents
{
    /// <summary>Name of the provider, e.g. <c>Microsoft-Windows-DotNETRuntime</c>.</summary>
    string Provider { get; }

    /// <summary>One event, in order of time among all of the stream. The payload is valid during the call only and may be shorter than it should be.</summary>
    void OnEvent(int eventId, ReadOnlySpan<byte> payload);
}
