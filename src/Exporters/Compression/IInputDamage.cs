namespace Damon.Trace.Exporters.Compression;

/// <summary>A stream that ends where its source is damaged or cut: who reads it to the end asks whether that was all.</summary>
internal interface IInputDamage
{
    /// <summary>What is wrong with the source and where; null when nothing is, so far.</summary>
    string? Damage { get; }

    /// <summary>The damage of a stream, of whatever kind it is.</summary>
    static string? Of(Stream stream) => (stream as IInputDamage)?.Damage;
}
