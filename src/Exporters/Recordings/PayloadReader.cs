using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>Reads packed fields; after the first that is missing everything is zero and <see cref="Failed"/> is set.</summary>
internal ref struct PayloadReader(ReadOnlySpan<byte> payload)
{
    private ReadOnlySpan<byte> _rest = payload;

    public bool Failed { get; private set; }

    public T Read<T>()
        where T : unmanaged
    {
        if (_rest.Length < Unsafe.SizeOf<T>())
        {
            Failed = true;
            return default;
        }

        T value = MemoryMarshal.Read<T>(_rest);
        _rest = _rest[Unsafe.SizeOf<T>()..];
        return value;
    }

    /// <summary>Bytes not read yet.</summary>
    public readonly int Left => _rest.Length;

    /// <summary>A blob that holds so many records.</summary>
    public ReadOnlySpan<T> ReadRecords<T>(uint count)
        where T : unmanaged
    {
        ReadOnlySpan<T> records = MemoryMarshal.Cast<byte, T>(ReadBlob());
        if ((uint)records.Length < count)
        {
            Failed = true;
            return default;
        }

        return records[..(int)count];
    }

    /// <summary>Its size in bytes, then the bytes.</summary>
    public ReadOnlySpan<byte> ReadBlob()
    {
        uint size = Read<uint>();
        if (size > (uint)_rest.Length)
        {
            Failed = true;
            return default;
        }

        ReadOnlySpan<byte> blob = _rest[..(int)size];
        _rest = _rest[(int)size..];
        return blob;
    }

    /// <summary>UTF-16, ended by a zero.</summary>
    public string ReadText()
    {
        ReadOnlySpan<char> text = MemoryMarshal.Cast<byte, char>(_rest);
        int length = text.IndexOf('\0');
        if (length < 0)
        {
            Failed = true;
            return "";
        }

        _rest = _rest[((length + 1) * sizeof(char))..];
        return new string(text[..length]);
    }
}
