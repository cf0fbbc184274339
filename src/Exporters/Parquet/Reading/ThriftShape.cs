namespace Damon.Trace.Exporters.Parquet.Reading;

/// <summary>
/// What the fields of a structure of parquet.thrift (apache/parquet-format 2.11) are. Parquet.Net reads each as what it should be, whatever the file says
/// that it is: from there on it takes anything for a count. Fields that are not named here are newer, and passed over by what the file says.
/// </summary>
internal sealed class ThriftShape
{
    /// <summary>PageHeader, before each page.</summary>
    internal static readonly ThriftShape PageHeader;

    /// <summary>FileMetaData, the footer.</summary>
    internal static readonly ThriftShape FileMetaData;

    private readonly Dictionary<int, (char Type, ThriftShape? Of)> _fields = [];

    static ThriftShape()
    {
        var empty = new ThriftShape("");
        var statistics = new ThriftShape("1b 2b 3l 4l 5b 6b 7t 8t");
        var keyValue = new ThriftShape("1b 2b");
        var unit = new ThriftShape("1{ 2{ 3{", empty, empty, empty);
        var time = new ThriftShape("1t 2{", unit);
        var logicalType = new ThriftShape(
            "1{ 2{ 3{ 4{ 5{ 6{ 7{ 8{ 10{ 11{ 12{ 13{ 14{ 15{ 16{ 17{ 18{",
            empty, empty, empty, empty, new("1i 2i"), empty, time, time, new("1y 2t"), empty, empty, empty, empty, empty, new("1y"), new("1b"), new("1b 2i"));
        var schemaElement = new ThriftShape("1i 2i 3i 4b 5i 6i 7i 8i 9i 10{", logicalType);
        var columnMetaData = new ThriftShape(
            "1i 2I 3B 4i 5l 6l 7l 8[ 9l 10l 11l 12{ 13[ 14l 15i 16{ 17{",
            keyValue, statistics, new("1i 2i 3i"), new("1l 2L 3L"), new("1{ 2I", new ThriftShape("1d 2d 3d 4d 5d 6d 7d 8d")));
        var columnChunk = new ThriftShape("1b 2l 3{ 4l 5i 6l 7i 8{ 9b", columnMetaData, new("1{ 2{", empty, new ThriftShape("1B 2b")));
        var rowGroup = new ThriftShape("1[ 2l 3l 4[ 5l 6l 7h", columnChunk, new("1i 2t 3t"));
        var aes = new ThriftShape("1b 2b 3t");
        FileMetaData = new ThriftShape(
            "1i 2[ 3l 4[ 5[ 6b 7[ 8{ 9b", schemaElement, rowGroup, keyValue, new("1{", empty), new("1{ 2{", aes, aes));
        PageHeader = new ThriftShape(
            "1i 2i 3i 4i 5{ 6{ 7{ 8{", new("1i 2i 3i 4i 5{", statistics), empty, new("1i 2i 3t"), new("1i 2i 3i 4i 5i 6i 7t 8{", statistics));
    }

    /// <param name="fields">
    /// Each an id and a type: t bool, y i8, h i16, i i32, l i64, d double, b binary; I, L, B lists of i32, i64, binary; { a structure, [ a list of them.
    /// </param>
    /// <param name="structures">Of the structures and lists of them, in order.</param>
    private ThriftShape(string fields, params ThriftShape[] structures)
    {
        int next = 0;
        foreach (string field in fields.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            char type = field[^1];
            _fields.Add(int.Parse(field.AsSpan(0, field.Length - 1), System.Globalization.CultureInfo.InvariantCulture), (type, type is '{' or '[' ? structures[next++] : null));
        }
    }

    /// <summary>What a field is; false for one that is not known.</summary>
    internal bool TryGet(long id, out char type, out ThriftShape? of)
    {
        bool known = _fields.TryGetValue((int)id, out (char Type, ThriftShape? Of) field);
        (type, of) = field;
        return known && id is >= 0 and <= int.MaxValue;
    }
}
