using System.Text.Json;

namespace Damon.Trace.Tracer.Tests.Exerciser;

/// <summary>A range as the exerciser prints it.</summary>
internal sealed record TruthRange(string Name, ulong Start, ulong End)
{
    internal ulong Size => End - Start;

    internal static IReadOnlyList<TruthRange> ReadAll(JsonElement document)
    {
        return [.. document.GetProperty("ranges").EnumerateArray().Select(range => new TruthRange(
            range.GetProperty("name").GetString()!, range.GetProperty("start").GetUInt64(), range.GetProperty("end").GetUInt64()))];
    }
}
