using System.Text;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Tracer.Tests.Targets;

public sealed class ProcStatTests
{
    // Fields 3 to 52; each number is the number of its field, but the state.
    private static readonly string s_fields = "S " + string.Join(' ', Enumerable.Range(4, 49));

    [Theory]
    [InlineData("cat")]
    [InlineData("tmux: server")]
    [InlineData("a) R 1 (b")]
    [InlineData("((()))")]
    [InlineData("")]
    public void The_comm_may_hold_blanks_and_parentheses(string comm)
    {
        byte[] text = Encoding.UTF8.GetBytes($"42 ({comm}) {s_fields}\n");

        Assert.True(ProcStat.TryParse(text, out ProcStat stat));
        Assert.Equal(comm, Encoding.UTF8.GetString(ProcStat.CommOf(text)));
        Assert.Equal('S', stat.State);
        Assert.Equal(20, stat.NrThreads);
        Assert.Equal(22ul, stat.StartTimeTicks);
        Assert.Equal(39, stat.Cpu);
        Assert.False(stat.IsKernelThread);
    }

    [Theory]
    [InlineData("")]
    [InlineData("42")]
    [InlineData("42 (cat")]
    [InlineData("42 (cat) S 1 2 3")]
    [InlineData("42 (cat) S a b c d e f g h i j k l m n o p q r s t u v w x y z a b c d e f g h i j k l")]
    public void A_damaged_line_is_refused(string text)
    {
        Assert.False(ProcStat.TryParse(Encoding.UTF8.GetBytes(text), out _));
    }
}
