namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>A pipe that gives a few bytes at a time.</summary>
internal sealed class SmallReadsStream(byte[] bytes, int atMost) : MemoryStream(bytes)
{
    public override bool CanSeek => false;

    public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, atMost));
}
