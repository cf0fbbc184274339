using System.Text;
using Damon.Trace.Tracer.AccessChecks.AccessBits;

namespace Damon.Trace.Tracer.Tests.AccessBits;

public sealed class TargetStatTests : IDisposable
{
    private readonly TargetStat _stat = new(Environment.ProcessId);

    [Fact]
    public void Stat_OfThisProcessHasPlausibleFields()
    {
        Assert.True(_stat.TryRead());
        Assert.InRange(_stat.Processor, 0, Environment.ProcessorCount + 1024);
        Assert.True(_stat.Threads > 1);
        Assert.True(_stat.ResidentPages > 1000);
    }

    [Fact]
    public void Stat_IsNotFooledByNames()
    {
        // 39 fields; the name holds a parenthesis and blanks.
        string line = "7 (a) S 1 (b)) S " + string.Join(' ', Enumerable.Range(4, 36)) + "\n";

        Assert.True(_stat.TryParse(Encoding.ASCII.GetBytes(line)));
        Assert.Equal((20, 24, 39), (_stat.Threads, _stat.ResidentPages, _stat.Processor));
    }

    public void Dispose() => _stat.Dispose();
}
