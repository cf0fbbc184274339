using System.Diagnostics;
using System.IO.Compression;

namespace Damon.Trace.Exporters.Tests.Compression;

/// <summary>Bytes made smaller by the libraries and programs people use.</summary>
internal static class Compressed
{
    /// <summary>Why a kind cannot be made here; null when it can.</summary>
    internal static string? Missing(string kind) => kind switch
    {
        "xz" when !File.Exists("/usr/bin/xz") => "xz is not installed",
        _ => null,
    };

    internal static byte[] By(string kind, byte[] bytes) => kind switch
    {
        "gzip" => Gzip(bytes),
        "zstd" => Zstd(bytes),
        "xz" => Xz(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static byte[] Gzip(byte[] bytes)
    {
        using MemoryStream output = new();
        using (GZipStream gzip = new(output, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(bytes);
        }

        return output.ToArray();
    }

    internal static byte[] Zstd(byte[] bytes)
    {
        using var compressor = new ZstdSharp.Compressor(1);
        return compressor.Wrap(bytes).ToArray();
    }

    private static byte[] Xz(byte[] bytes)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            using Process xz = Process.Start(new ProcessStartInfo("/usr/bin/xz", ["-1", "-c", path]) { RedirectStandardOutput = true })!;
            using MemoryStream output = new();
            xz.StandardOutput.BaseStream.CopyTo(output);
            xz.WaitForExit();
            Assert.Equal(0, xz.ExitCode);
            return output.ToArray();
        }
        finally
        {
            File.Delete(path);
        }
    }
}
