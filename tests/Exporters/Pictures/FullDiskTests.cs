using Damon.Trace.Reports.Heatmap;
using Damon.Trace.Reports.Pictures;

namespace Damon.Trace.Exporters.Tests.Pictures;

/// <summary>An output that fails in the middle of a picture.</summary>
public sealed class FullDiskTests
{
    /// <summary>The failure of the output is told, and not what the XML writer says when it is closed after that.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(5000)]
    public void Picture_PassesOnWhyItCouldNotBeWritten(int room)
    {
        HandmadeRecording recording = new();
        for (int i = 0; i < 100; i++)
        {
            recording.Snapshot(i, [(0, 1 << 20, (uint)(i % 20), 0), (1 << 20, 2 << 20, (uint)(i * 7 % 20), 0)]);
        }

        using var output = new StreamWriter(new FullDisk(room), bufferSize: 64) { AutoFlush = true };
        IOException error = Assert.Throws<IOException>(
            () => Still.Heatmap(() => recording, new HeatmapOptions(), dark: false, output, CancellationToken.None));

        Assert.Equal(FullDisk.Message, error.Message);
    }

    private sealed class FullDisk(int room) : MemoryStream
    {
        internal const string Message = "no space left";

        public override void Write(byte[] buffer, int offset, int count)
        {
            if (Length + count > room)
            {
                throw new IOException(Message);
            }

            base.Write(buffer, offset, count);
        }

        public override void Write(ReadOnlySpan<byte> buffer) => Write(buffer.ToArray(), 0, buffer.Length);
    }
}
