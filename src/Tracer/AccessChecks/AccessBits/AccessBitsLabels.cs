namespace Damon.Trace.Tracer.AccessChecks.AccessBits;

/// <summary>The labels of a check: the same string object as long as nothing changes.</summary>
internal sealed class AccessBitsLabels(bool recoversYoung, bool keepsLargeFolios)
{
    private readonly bool _hasRival = Rivals.HasKdamond();
    private string _text = "";
    private string _clearer = "";
    private bool _canSweep;

    /// <param name="clearer">The clearer in use.</param>
    /// <param name="canSweep">Shared and locked pages are seen in windows opened by a sweep; without that they stay unknown.</param>
    internal string Get(string clearer, bool canSweep)
    {
        if (clearer != _clearer || canSweep != _canSweep)
        {
            _clearer = clearer;
            _canSweep = canSweep;
            bool usesClearRefs = clearer == ClearRefsClearer.Name;
            string flushed = !usesClearRefs || ClearRefsClearer.CanFlush ? "yes" : "no";
            _text = $"accesses=rw granularity=page flushed={flushed} clearer={clearer} "
                + $"sweep={(canSweep ? ClearRefsClearer.Name : "none")} young-recovery={(recoversYoung ? "PG_young" : "no")} "
                + $"large-folios={(usesClearRefs || keepsLargeFolios ? "whole" : "swept")}{(_hasRival ? " rival=kdamond" : "")}";
        }

        return _text;
    }
}
