using System.Text;
using System.Text.Json;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Exporters.Damo;

/// <summary>
/// Walks the tokens of a json text of any length in constant memory: one buffer, refilled from the stream, that grows only for a single
/// token larger than it.
/// </summary>
internal ref struct JsonCursor
{
    private const int BufferBytes = 64 * 1024;
    private const int MaxTokenBytes = 1024 * 1024;

    private readonly Stream _input;
    private readonly string _where;
    private byte[] _buffer;
    private int _length;
    private long _base;
    private Utf8JsonReader _reader;

    /// <param name="input">The text, decompressed.</param>
    /// <param name="where">Said after an offset, e.g. " of the decompressed text".</param>
    internal JsonCursor(Stream input, string where)
    {
        _input = input;
        _where = where;
        _buffer = new byte[BufferBytes];
        _reader = new Utf8JsonReader([], isFinalBlock: false, new JsonReaderState());
    }

    internal readonly JsonTokenType Type => _reader.TokenType;

    /// <summary>The value of a token, as written, without quotes.</summary>
    internal readonly ReadOnlySpan<byte> Value => _reader.ValueSpan;

    internal readonly long Offset => _base + _reader.TokenStartIndex;

    internal readonly bool Is(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    internal readonly bool TryGetUInt64(out ulong value) => _reader.TryGetUInt64(out value);

    internal readonly bool TryGetDecimal(out decimal value) => _reader.TryGetDecimal(out value);

    internal readonly string GetString()
    {
        try
        {
            return Type == JsonTokenType.String ? _reader.GetString()! : throw Expected("a string");
        }
        catch (InvalidOperationException)
        {
            // The tokenizer does not look into strings; that one is no UTF-8 shows only here.
            throw Expected("a string in UTF-8");
        }
    }

    /// <summary>The next token; false after the end of the text. Bound by the tokenizer; allocates only when the buffer grows.</summary>
    internal bool Read()
    {
        while (true)
        {
            try
            {
                if (_reader.Read())
                {
                    return true;
                }
            }
            catch (JsonException e)
            {
                long line = (e.LineNumber ?? 0) + 1;
                long column = (e.BytePositionInLine ?? 0) + 1;
                throw new RecordingFormatException($"Line {line}, byte {column}{_where}: expected json, found something else. {e.Message}", e);
            }

            if (!Refill())
            {
                return false;
            }
        }
    }

    /// <summary>The next token, which must exist.</summary>
    internal void Require()
    {
        if (!Read())
        {
            throw new TruncatedInputException($"The input ends at byte {_base + _length}{_where}, inside a list or object.");
        }
    }

    internal void Require(JsonTokenType type, string expected)
    {
        Require();
        if (Type != type)
        {
            throw Expected(expected);
        }
    }

    /// <summary>Goes to the last token of the value that begins here.</summary>
    internal void Skip()
    {
        if (Type is not (JsonTokenType.StartArray or JsonTokenType.StartObject))
        {
            return;
        }

        int depth = _reader.CurrentDepth;
        do
        {
            Require();
        }
        while (_reader.CurrentDepth > depth);
    }

    internal readonly RecordingFormatException Expected(string expected)
    {
        ReadOnlySpan<byte> value = _reader.ValueSpan;
        string found = value.Length > 40 ? Encoding.UTF8.GetString(value[..40]) + "..." : Encoding.UTF8.GetString(value);
        return new RecordingFormatException($"Byte {Offset}{_where}: expected {expected}, found {Describe(Type)} {found}".TrimEnd() + ".");
    }

    private static string Describe(JsonTokenType type) => type switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.String => "the string",
        JsonTokenType.Number => "the number",
        JsonTokenType.PropertyName => "the field",
        JsonTokenType.EndObject or JsonTokenType.EndArray => "the end",
        _ => "the value",
    };

    private bool Refill()
    {
        int consumed = (int)_reader.BytesConsumed;
        int kept = _length - consumed;
        if (kept == _buffer.Length)
        {
            if (kept >= MaxTokenBytes)
            {
                throw new RecordingFormatException($"Byte {_base}{_where}: expected a value of less than 1 MiB, found a longer one.");
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }
        else if (consumed > 0)
        {
            Buffer.BlockCopy(_buffer, consumed, _buffer, 0, kept);
        }

        _base += consumed;
        int read = _input.Read(_buffer, kept, _buffer.Length - kept);
        _length = kept + read;

        // Never the final block: then an end inside a value is not an error of the text but an end of the input.
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), isFinalBlock: false, _reader.CurrentState);
        return read > 0;
    }
}
