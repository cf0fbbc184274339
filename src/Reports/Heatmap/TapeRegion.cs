using System.Numerics;
using System.Runtime.CompilerServices;
using Damon.Trace.Events;
using Damon.Trace.Exporters.Recordings;

namespace Damon.Trace.Reports.Heatmap;

/// <summary>A region relative to the one before it: what stays the same from one snapshot to the next, though another one grows.</summary>
internal struct TapeRegion
{
    /// <summary>A mask, two numbers of 64 bits and four of 32, seven bits a byte.</summary>
    public const int MostBytes = 1 + (2 * 10) + (4 * 5);

    /// <summary>Turns sizes in bytes into sizes in pages, and what is no multiple of a page into large numbers.</summary>
    private const int PageShift = 12;

    private ulong _gap;
    private ulong _size;
    private uint _nrAccesses;
    private uint _residentPages;
    private uint _unknownPages;
    private uint _touchedPages;

    public TapeRegion(in RegionEvent region, ulong endBefore)
    {
        _gap = unchecked(region.Start - endBefore);
        _size = unchecked(region.End - region.Start);
        _nrAccesses = region.NrAccesses;
    }

    /// <summary>Cells do not need its error.</summary>
    public void Take(in RegionEstimateRecord estimate)
    {
        _residentPages = estimate.ResidentPages;
        _unknownPages = estimate.UnknownPages;
        _touchedPages = BitConverter.SingleToUInt32Bits(estimate.TouchedPages);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Equals(in TapeRegion other) =>
        ((_gap ^ other._gap) | (_size ^ other._size) | (_nrAccesses ^ other._nrAccesses) | (_residentPages ^ other._residentPages)
            | (_unknownPages ^ other._unknownPages) | (_touchedPages ^ other._touchedPages)) == 0;

    public readonly RegionEvent ToEvent(ulong endBefore)
    {
        ulong start = unchecked(endBefore + _gap);
        return new RegionEvent { Start = start, End = unchecked(start + _size), NrAccesses = _nrAccesses };
    }

    public readonly RegionEstimateRecord ToEstimate() => new()
    {
        ResidentPages = _residentPages,
        UnknownPages = _unknownPages,
        TouchedPages = BitConverter.UInt32BitsToSingle(_touchedPages),
    };

    /// <summary>Writes what differs from another; returns where it ends.</summary>
    public readonly int WriteTo(byte[] bytes, int at, in TapeRegion other)
    {
        int mask = at++;
        bytes[mask] = 0;
        at = Write(bytes, at, mask, 0, BitOperations.RotateRight(_gap, PageShift), _gap != other._gap);
        at = Write(bytes, at, mask, 1, BitOperations.RotateRight(_size, PageShift), _size != other._size);
        at = Write(bytes, at, mask, 2, _nrAccesses, _nrAccesses != other._nrAccesses);
        at = Write(bytes, at, mask, 3, _residentPages, _residentPages != other._residentPages);
        at = Write(bytes, at, mask, 4, _unknownPages, _unknownPages != other._unknownPages);
        return Write(bytes, at, mask, 5, _touchedPages, _touchedPages != other._touchedPages);
    }

    /// <summary>Takes what was written; the rest stays.</summary>
    public void ReadFrom(byte[] bytes, ref int at)
    {
        int mask = bytes[at++];
        _gap = (mask & 1) != 0 ? BitOperations.RotateLeft(ReadNumber(bytes, ref at), PageShift) : _gap;
        _size = (mask & 2) != 0 ? BitOperations.RotateLeft(ReadNumber(bytes, ref at), PageShift) : _size;
        _nrAccesses = (mask & 4) != 0 ? (uint)ReadNumber(bytes, ref at) : _nrAccesses;
        _residentPages = (mask & 8) != 0 ? (uint)ReadNumber(bytes, ref at) : _residentPages;
        _unknownPages = (mask & 16) != 0 ? (uint)ReadNumber(bytes, ref at) : _unknownPages;
        _touchedPages = (mask & 32) != 0 ? (uint)ReadNumber(bytes, ref at) : _touchedPages;
    }

    public static int WriteNumber(byte[] bytes, int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes[at++] = (byte)(value | 0x80);
        }

        bytes[at++] = (byte)value;
        return at;
    }

    public static ulong ReadNumber(byte[] bytes, ref int at)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            ulong next = bytes[at++];
            value |= (next & 0x7f) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    private static int Write(byte[] bytes, int at, int mask, int bit, ulong value, bool differs)
    {
        if (!differs)
        {
            return at;
        }

        bytes[mask] |= (byte)(1 << bit);
        return WriteNumber(bytes, at, value);
    }
}
