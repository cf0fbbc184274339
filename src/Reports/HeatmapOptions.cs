namespace Damon.Trace.Reports;

/// <summary>What a heatmap shows and how large it is.</summary>
public sealed record HeatmapOptions : ReportSelection
{
    /// <summary>Characters along the time axis. With the addresses on the left, 64 make a line of 78.</summary>
    public int Columns { get; init; } = 64;

    /// <summary>Characters along the address axis, over all bands of a target.</summary>
    public int Rows { get; init; } = 24;

    /// <summary>Only from this address on.</summary>
    public ulong? FromAddress { get; init; }

    /// <summary>Only up to this address.</summary>
    public ulong? ToAddress { get; init; }

    /// <summary>Rows for everything that was monitored; else only for what was accessed.</summary>
    public bool AllAddresses { get; init; }

    /// <summary>Stretches of addresses by their mean heat, the hottest first; else by address.</summary>
    public bool HottestFirst { get; init; }

    /// <summary>ANSI colours; see <see cref="ReportColour"/>.</summary>
    public bool Colour { get; init; }

    /// <summary>Reads <c>COLSxROWS</c>; null when it is not that.</summary>
    public static (int Columns, int Rows)? ParseResolution(string text)
    {
        string[] parts = text.Split('x');
        return parts.Length == 2 && int.TryParse(parts[0], out int columns) && int.TryParse(parts[1], out int rows)
            && columns is > 0 and <= 10_000 && rows is > 0 and <= 10_000
            ? (columns, rows)
            : null;
    }
}
