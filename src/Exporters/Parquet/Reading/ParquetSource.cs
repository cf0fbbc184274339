using System.Globalization;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;
using NetParquet = global::Parquet;

namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>A Parquet file as Parquet.Net opens it: schema, row groups, and the metadata that our writer left.</summary>
internal sealed class ParquetSource : IDisposable
{
    private const string Prefix = "damon_trace.";

    /// <summary>COR_E_IO: .NET's own, of no system call.</summary>
    private const int HResultOfIO = unchecked((int)0x80131620);

    private readonly NetParquet.ParquetReader _reader;
    private readonly Stream _file;
    private readonly Dictionary<string, string> _metadata;

    /// <param name="file">Seekable; stays the caller's.</param>
    /// <param name="cancellation">Ends reading.</param>
    internal ParquetSource(Stream file, CancellationToken cancellation)
    {
        _file = file;
        SizeCheck.RequireFooter(file);
        file.Position = 0;
        _reader = Guard(() => NetParquet.ParquetReader.CreateAsync(file, null, leaveStreamOpen: true, cancellation).GetAwaiter().GetResult());
        _metadata = Guard(() => _reader.CustomMetadata);
        Schema = Guard(() => _reader.Schema);
    }

    internal NetParquet.Schema.ParquetSchema Schema { get; }

    internal int RowGroups => _reader.RowGroupCount;

    internal bool HasAnnex => _metadata.ContainsKey(AnnexWriter.MetadataKey);

    /// <summary>Events the recording had lost, and rows that a full disk cost.</summary>
    internal long Lost => Number<long>("lost_events") + Number<long>("rows_lost");

    internal string? Metadata(string key) => _metadata.GetValueOrDefault(key);

    /// <exception cref="RecordingFormatException">Another program wrote it: nobody knows what its columns mean.</exception>
    internal void RequireOurs()
    {
        if (!_metadata.ContainsKey(Prefix + "version"))
        {
            string columns = string.Join(", ", Schema.GetDataFields().Take(5).Select(field => field.Path.ToString()));
            throw new RecordingFormatException(
                $"this Parquet file is no recording: it has no metadata {Prefix}version (columns {columns}, ...); "
                + "hint: give the recording, or what 'damon-trace export -o x.parquet' made of it");
        }
    }

    /// <summary>Loads a row group; returns its rows.</summary>
    internal int Load(int group, RegionColumns columns, CancellationToken cancellation) => Guard(() =>
    {
        using NetParquet.ParquetRowGroupReader reader = _reader.OpenRowGroupReader(group);
        int rows = checked((int)reader.RowCount);
        columns.Load(_file, reader, rows, cancellation);
        return rows;
    });

    /// <summary>The contexts and targets of the metadata, for a file that has no annex.</summary>
    internal void DeliverDescriptions(IRecordingSink sink)
    {
        for (int i = 0; _metadata.ContainsKey(Key("context", i, "kdamond")); i++)
        {
            ContextAttributes attributes = new()
            {
                SampleUs = Number<ulong>(Short("context", i, "sample_us")),
                AggrUs = Number<ulong>(Short("context", i, "aggr_us")),
                UpdateUs = Number<ulong>(Short("context", i, "update_us")),
                MinNrRegions = Number<uint>(Short("context", i, "min_nr_regions")),
                MaxNrRegions = Number<uint>(Short("context", i, "max_nr_regions")),
            };
            sink.OnContext(new ContextDescription(
                attributes, Text("context", i, "kdamond"), Text("context", i, "operations"), Text("context", i, "access_check"),
                Text("context", i, "labels")));
        }

        for (int i = 0; _metadata.ContainsKey(Key("target", i, "target_id")); i++)
        {
            sink.OnTarget(new TargetDescription(
                Number<ulong>(Short("target", i, "target_id")), Number<int>(Short("target", i, "pid")),
                Number<ulong>(Short("target", i, "start_time_ticks")), Text("target", i, "comm"), ""));
        }
    }

    public void Dispose() => _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>What Parquet.Net and its decoders throw at bytes they cannot understand is documented nowhere, and wide.</summary>
    private static T Guard<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception error) when (IsDamage(error))
        {
            throw new RecordingFormatException($"the Parquet file is damaged: {error.Message}", error);
        }
    }

    /// <summary>
    /// An error of reading has the system's number or a type of its own; a plain IOException is what Parquet.Net says of a bad file.
    /// </summary>
    private static bool IsDamage(Exception error) => error switch
    {
        OperationCanceledException or OutOfMemoryException or DamonTraceException => false,
        EndOfStreamException => true,
        IOException => error.GetType() == typeof(IOException) && error.HResult == HResultOfIO,
        _ => true,
    };

    private static string Short(string what, int index, string field) =>
        string.Create(CultureInfo.InvariantCulture, $"{what}.{index}.{field}");

    private static string Key(string what, int index, string field) => Prefix + Short(what, index, field);

    private string Text(string what, int index, string field) => _metadata.GetValueOrDefault(Key(what, index, field), "");

    private T Number<T>(string key)
        where T : struct, System.Numerics.INumber<T> =>
        T.TryParse(_metadata.GetValueOrDefault(Prefix + key), CultureInfo.InvariantCulture, out T value) ? value : default;
}
