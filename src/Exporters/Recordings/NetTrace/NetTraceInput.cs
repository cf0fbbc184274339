using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Damon.Trace.Exporters.Recordings.NetTrace;

/// <summary>
/// A window that slides over a stream: everything is parsed where it was read, nothing is copied out. Positions are offsets in the
/// stream, so they stay valid when the window moves. Works on pipes and sockets: it never waits for more bytes than asked for.
/// </summary>
/// <remarks>
/// The window is not an array: of those that it grew out of, some 20 MB of a recording made at a million events a second, the collector would
/// free none before the end.
/// </remarks>
internal sealed unsafe class NetTraceInput : IDisposable
{
    private readonly Stream _stream;
    private byte* _window;
    private int _size = 256 * 1024;
    private long _windowOffset;
    private int _position;
    private int _filled;

    internal NetTraceInput(Stream stream)
    {
        _stream = stream;
        _window = (byte*)NativeMemory.Alloc((nuint)_size);
    }

    /// <summary>Offset of the next byte to parse.</summary>
    public long Offset => _windowOffset + _position;

    /// <summary>Bytes from here on must stay readable: the payload of the oldest event not yet delivered.</summary>
    public long KeepFrom { get; set; } = long.MaxValue;

    /// <summary>Why the stream could not be read to its end; null when it just ended.</summary>
    public string? Error { get; private set; }

    /// <summary>Bytes that are in the window and not yet parsed.</summary>
    public int Available => _filled - _position;

    private Span<byte> Window => new(_window, _size);

    /// <summary>Waits until <paramref name="count"/> bytes are in the window; false when the stream ends before.</summary>
    public bool TryFill(int count)
    {
        while (_filled - _position < count)
        {
            if (_filled == _size)
            {
                MakeRoom();
            }

            int got = ReadSome();
            if (got == 0)
            {
                return false;
            }

            _filled += got;
        }

        return true;
    }

    /// <summary>The next bytes; at most <see cref="Available"/>.</summary>
    public ReadOnlySpan<byte> Peek(int count) => Window.Slice(_position, count);

    public int PeekInt32(int at) => BinaryPrimitives.ReadInt32LittleEndian(Window.Slice(_position + at, sizeof(int)));

    /// <summary>Bytes at an offset at or after <see cref="KeepFrom"/>.</summary>
    public ReadOnlySpan<byte> At(long offset, int count) => Window.Slice((int)(offset - _windowOffset), count);

    public void Advance(int count) => _position += count;

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_window);
        _window = null;
        _size = 0;
    }

    private int ReadSome()
    {
        try
        {
            return _stream.Read(Window[_filled..]);
        }
        catch (IOException e)
        {
            // A session whose process was killed, a pipe that broke: what came before is still good.
            Error = e.Message;
            return 0;
        }
    }

    /// <summary>Drops what is parsed and delivered; doubles the window when more than half of it is still needed.</summary>
    private void MakeRoom()
    {
        int drop = (int)(Math.Min(KeepFrom, Offset) - _windowOffset);
        int live = _filled - drop;
        Window.Slice(drop, live).CopyTo(Window);
        if (live > _size / 2)
        {
            int size = checked(_size * 2);
            _window = (byte*)NativeMemory.Realloc(_window, (nuint)size);
            _size = size;
        }

        _windowOffset += drop;
        _position -= drop;
        _filled = live;
    }
}
