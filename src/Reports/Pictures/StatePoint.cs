using Damon.Trace.Reports.Memory;

namespace Damon.Trace.Reports.Pictures;

/// <summary>The memory of a target, or of one mapping, at one look: hot + cold + idle so far + unknown = resident.</summary>
/// <param name="Hot">Accessed within the time that the states are about, or within the longest time known.</param>
/// <param name="HotLow">Lower bound of the 95 % interval of <paramref name="Hot"/>.</param>
/// <param name="HotHigh">Upper bound of the same.</param>
/// <param name="Cold">Idle for longer than that time.</param>
/// <param name="SoFar">Idle for as long as pages have been followed, which is not so long yet.</param>
/// <param name="Unknown">Nothing says whether it was accessed.</param>
internal readonly record struct StatePoint(ulong Hot, ulong HotLow, ulong HotHigh, ulong Cold, ulong SoFar, ulong Unknown)
{
    public ulong Resident => Hot + Cold + SoFar + Unknown;

    /// <summary>The point of states that are known for a shorter time than asked, or for all of it.</summary>
    public static StatePoint Of(MemoryStates states, bool isWholeTime) => new(
        states.HotBytes, states.HotLowBytes, states.HotHighBytes, isWholeTime ? states.ColdBytes : 0, isWholeTime ? 0 : states.ColdBytes,
        states.UnknownBytes);

    public static StatePoint operator +(StatePoint a, StatePoint b) => new(
        a.Hot + b.Hot, a.HotLow + b.HotLow, a.HotHigh + b.HotHigh, a.Cold + b.Cold, a.SoFar + b.SoFar, a.Unknown + b.Unknown);
}
