namespace Damon.Trace.Exporters.Tests.Parquet;

/// <summary>A file on a small disk: writes what fits, then fails as the kernel does.</summary>
internal sealed class FullDiskStream(long capacity) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count)
    {
        int room = (int)Math.Clamp(capacity - Position, 0, count);
        base.Write(buffer, offset, room);
        if (room < count)
        {
            throw new IOException("No space left on device");
        }
    }

    public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);
}
