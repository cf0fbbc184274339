using Damon.Trace.Exporters.Ctf;
using Damon.Trace.Exporters.Damo;
using Damon.Trace.Exporters.Parquet;
using Damon.Trace.Exporters.PerfData;
using Damon.Trace.Exporters.PerfScript;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Cli.Recording;

/// <summary>The one place that knows which writer makes which format.</summary>
internal static class OutputWriter
{
    /// <summary>Creates the writer of an output; it is disposed, where it can be, by the caller.</summary>
    /// <param name="output">Where to and what.</param>
    /// <param name="stream">Where the bytes go; stays the caller's.</param>
    /// <param name="text">How text is to look.</param>
    /// <param name="threads">How many threads it may use: a recording has one, and a budget.</param>
    /// <exception cref="UserErrorException">The format cannot be written there.</exception>
    internal static IRecordingSink Create(OutputRequest output, Stream stream, PerfScriptOptions text, int threads = 1) => output.Format switch
    {
        OutputFormat.PerfScript => new PerfScriptWriter(stream, text),
        OutputFormat.Parquet => new ParquetWriter(
            stream, new ParquetOptions { MicrosecondTimestamps = output.Microseconds, Threads = threads }),
        OutputFormat.PerfData or OutputFormat.PerfAccesses when !stream.CanSeek => throw new UserErrorException(
            $"a perf.data file is not written in one go, and '{output.Path}' can only be written so",
            "use --format perf-pipe, which perf script -i - reads as it comes",
            ExitCode.Usage),
        OutputFormat.PerfData => new PerfDataWriter(stream, new PerfDataOptions { AllEvents = text.AllEvents }),
        OutputFormat.PerfAccesses => new PerfAccessWriter(stream),
        OutputFormat.PerfPipe => new PerfPipeWriter(stream, new PerfDataOptions { AllEvents = text.AllEvents }),
        OutputFormat.DamoJson => new DamoJsonWriter(stream),
        OutputFormat.DamoJsonCompressed => new DamoJsonWriter(stream, new DamoJsonOptions { Compressed = true }),
        OutputFormat.DamoRecord0 => new DamoBinaryWriter(stream, DamoBinaryVersion.V0),
        OutputFormat.DamoRecord1 => new DamoBinaryWriter(stream, DamoBinaryVersion.V1),
        OutputFormat.DamoRecord2 => new DamoBinaryWriter(stream, DamoBinaryVersion.V2),
        OutputFormat.NetTrace => throw new UserErrorException(
            "a .nettrace is made by record only", "export to another format, see damon-trace export --help", ExitCode.Usage),
        _ => throw new ArgumentOutOfRangeException(nameof(output)),
    };

    /// <summary>Creates the writer of a format that is a folder; null for all others.</summary>
    internal static IRecordingSink? CreateFolder(OutputRequest output) => output switch
    {
        { Format: OutputFormat.Ctf, IsStdout: true } => throw new UserErrorException(
            "a CTF trace is a folder and cannot go to stdout", "name a folder that does not exist: -o DIR", ExitCode.Usage),
        { Format: OutputFormat.Ctf } => new CtfWriter(output.Path),
        _ => null,
    };
}
