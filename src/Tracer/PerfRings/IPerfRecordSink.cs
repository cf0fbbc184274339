namespace Damon.Trace.Tracer.PerfRings;

/// <summary>Takes the records of a ring; the bytes are valid during the call only.</summary>
internal interface IPerfRecordSink
{
    /// <param name="type">PERF_RECORD_*.</param>
    /// <param name="record">The whole record with its header.</param>
    void OnRecord(uint type, ReadOnlySpan<byte> record);
}
