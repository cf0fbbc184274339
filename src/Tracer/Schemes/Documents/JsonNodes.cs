using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Damon.Trace.Tracer.Schemes.Documents;

/// <summary>JSON as nodes, and back.</summary>
internal static class JsonNodes
{
    private static readonly JsonReaderOptions s_reading = new() { CommentHandling = JsonCommentHandling.Skip, MaxDepth = SchemeDocument.MaxDepth };

    private static readonly JsonWriterOptions s_writing = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static SchemeNode Read(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var json = new Utf8JsonReader(bytes, s_reading);
        try
        {
            json.Read();
            SchemeNode root = Read(ref json, new Places(bytes));
            json.Read(); // nothing may follow
            return root;
        }
        catch (JsonException e)
        {
            throw new SchemeException(
                $"line {e.LineNumber + 1}: column {e.BytePositionInLine + 1}: not JSON: {Reason(e)}", "a list of objects, such as [{\"action\": \"stat\"}]");
        }
    }

    internal static string Write(SchemeNode root)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, s_writing))
        {
            Write(json, root);
        }

        return Encoding.UTF8.GetString(bytes.ToArray()) + "\n";
    }

    private static SchemeNode Read(ref Utf8JsonReader json, Places places)
    {
        (int line, int column) = places.At((int)json.TokenStartIndex);
        switch (json.TokenType)
        {
            case JsonTokenType.StartArray:
                List<SchemeNode> items = [];
                while (json.Read() && json.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Read(ref json, places));
                }

                return SchemeNode.OfList(items, line, column);
            case JsonTokenType.StartObject:
                return ReadObject(ref json, places, line, column);
            case JsonTokenType.String:
                return SchemeNode.OfText(json.GetString()!, line, column);
            case JsonTokenType.Null:
                return SchemeNode.Null(line, column);
            default:
                return SchemeNode.OfLiteral(Encoding.UTF8.GetString(json.ValueSpan), line, column);
        }
    }

    private static SchemeNode ReadObject(ref Utf8JsonReader json, Places places, int line, int column)
    {
        List<(string Key, SchemeNode Value)> members = [];
        while (json.Read() && json.TokenType != JsonTokenType.EndObject)
        {
            (int keyLine, int keyColumn) = places.At((int)json.TokenStartIndex);
            string key = json.GetString()!;
            if (members.Exists(member => member.Key == key))
            {
                throw SchemeDocument.Twice(key, keyLine, keyColumn);
            }

            json.Read();
            members.Add((key, Read(ref json, places)));
        }

        return SchemeNode.OfObject(members, line, column);
    }

    /// <summary>Without the position that the message has, too, and what it says to programmers.</summary>
    private static string Reason(JsonException e) => e.Message.Split(" LineNumber:")[0]
        .Replace(" which is not supported in this mode. Change the reader options", "", StringComparison.Ordinal)
        .Replace(", when isFinalBlock is true", "", StringComparison.Ordinal)
        .Replace("Expected depth to be zero at the end of the JSON payload. ", "", StringComparison.Ordinal)
        .Trim();

    private static void Write(Utf8JsonWriter json, SchemeNode node)
    {
        if (node.Items is { } items)
        {
            json.WriteStartArray();
            items.ForEach(item => Write(json, item));
            json.WriteEndArray();
        }
        else if (node.Members is { } members)
        {
            json.WriteStartObject();
            foreach ((string key, SchemeNode value) in members)
            {
                json.WritePropertyName(key);
                Write(json, value);
            }

            json.WriteEndObject();
        }
        else if (node.Text is { } text && node.IsQuoted)
        {
            json.WriteStringValue(text);
        }
        else
        {
            json.WriteRawValue(node.Text ?? "null");
        }
    }

    /// <summary>Lines and columns of offsets that only grow.</summary>
    private sealed class Places(byte[] bytes)
    {
        private int _at;
        private int _line = 1;
        private int _lineStart;

        internal (int Line, int Column) At(int offset)
        {
            for (; _at < offset; _at++)
            {
                if (bytes[_at] == '\n')
                {
                    _line++;
                    _lineStart = _at + 1;
                }
            }

            return (_line, offset - _lineStart + 1);
        }
    }
}
