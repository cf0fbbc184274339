namespace Damon.Trace.Exporters.Tests.Ctf;

/// <summary>A test that needs babeltrace2; skipped with the reason where it is missing.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class Babeltrace2FactAttribute : FactAttribute
{
    public Babeltrace2FactAttribute() => Skip = Babeltrace2.Reason!;
}
