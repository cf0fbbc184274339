using Damon.Trace.Events;

namespace Damon.Trace.Exporters.Recordings;

/// <summary>The payloads of the events damos_*.</summary>
internal static class SchemePayloads
{
    /// <summary>Everything that is in the payload; when and by whom is for the caller to add.</summary>
    internal static SchemeEvent Read(ref PayloadReader reader, int eventId)
    {
        switch (eventId)
        {
            case DamonEventId.BeforeApply:
                DamosBeforeApply apply = reader.Read<DamosBeforeApply>();
                return new SchemeEvent
                {
                    Kind = SchemeEventKind.BeforeApply,
                    ContextIndex = apply.ContextIdx,
                    SchemeIndex = apply.SchemeIdx,
                    Region = apply.Region,
                };
            case DamonEventId.EffectiveSize:
                DamosEffectiveSize quota = reader.Read<DamosEffectiveSize>();
                return new SchemeEvent
                {
                    Kind = SchemeEventKind.EffectiveQuota,
                    ContextIndex = quota.ContextIdx,
                    SchemeIndex = quota.SchemeIdx,
                    EffectiveBytes = quota.Esz,
                };
            default:
                DamosStatistics told = reader.Read<DamosStatistics>();
                return new SchemeEvent
                {
                    Kind = SchemeEventKind.Statistics,
                    ContextIndex = told.ContextIdx,
                    SchemeIndex = told.SchemeIdx,
                    Statistics = new SchemeStatistics(
                        Known(told.NrTried), Known(told.SzTried), Known(told.NrApplied), Known(told.SzApplied), Known(told.SzOpsFilterPassed),
                        Known(told.QtExceeds), Known(told.NrSnapshots)),
                };
        }
    }

    private static ulong? Known(ulong counter) => counter == DamosStatistics.Unknown ? null : counter;
}
