using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Damon.Trace.Tracer.Tests.Usdt;
using Damon.Trace.Tracer.Tracepoints.UserEvents;

namespace Damon.Trace.Tracer.Tests.UserEvents;

[Trait("Category", KernelLab.Category)]
[Trait("Category", KernelLab.OnlyCategory)]
public class UserEventsTracepointTests
{
    [Fact]
    public void Structs_HaveTheLayoutOfTheHeader()
    {
        Assert.Equal(28, Unsafe.SizeOf<Linux.UserEvents.UserReg>());
        Assert.Equal(4, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.EnableBit)));
        Assert.Equal(5, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.EnableSize)));
        Assert.Equal(6, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.Flags)));
        Assert.Equal(8, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.EnableAddr)));
        Assert.Equal(16, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.NameArgs)));
        Assert.Equal(24, Offset<Linux.UserEvents.UserReg>(nameof(Linux.UserEvents.UserReg.WriteIndex)));
        Assert.Equal(16, Unsafe.SizeOf<Linux.UserEvents.UserUnreg>());
        Assert.Equal(4, Offset<Linux.UserEvents.UserUnreg>(nameof(Linux.UserEvents.UserUnreg.DisableBit)));
        Assert.Equal(8, Offset<Linux.UserEvents.UserUnreg>(nameof(Linux.UserEvents.UserUnreg.DisableAddr)));
    }

    /// <summary>The record after its index follows the definition field by field, each as wide as its type says, without gaps.</summary>
    [Fact]
    public void Record_FollowsTheDefinition()
    {
        int offset = sizeof(uint);
        string[] fields = UserEventsTracepoint.Definition["damon_aggregated ".Length..].Split("; ");
        foreach (string field in fields)
        {
            string[] typeAndName = field.Split(' ');
            string member = string.Concat(typeAndName[1].Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));
            Assert.Equal(offset, Offset<UserEventsRecord>(member));
            offset += typeAndName[0] == "u64" ? sizeof(ulong) : sizeof(uint);
        }

        Assert.Equal(6, fields.Length);
        Assert.Equal(offset, Unsafe.SizeOf<UserEventsRecord>());
    }

    [Fact]
    public void Register_WithoutUserEvents_IsInertAndSaysWhy()
    {
        using UserEventsTracepoint tracepoint = UserEventsTracepoint.Register("/nowhere/user_events_data");
        Assert.False(tracepoint.Capability.Available);
        Assert.Contains("no user_events", tracepoint.Capability.Reason);
        Assert.Contains("CONFIG_USER_EVENTS", tracepoint.Capability.Hint);
        Assert.False(tracepoint.IsEnabled);
        tracepoint.Aggregated(0, 1, default);
        Assert.Equal(0UL, tracepoint.NrRefused);
    }

    [Fact]
    public void Register_RefusedByTheFile_IsInertAndSaysWhy()
    {
        // An ordinary file does not know the request: ENOTTY.
        using var directory = new TemporaryDirectory();
        directory.Write("user_events_data", "");
        using UserEventsTracepoint tracepoint = UserEventsTracepoint.Register(directory.File("user_events_data"));
        Assert.False(tracepoint.Capability.Available);
        Assert.Contains("refused the event", tracepoint.Capability.Reason);
        tracepoint.Aggregated(0, 1, default);
    }

    [Fact]
    public void Tracefs_RecordsEveryEventWithTypedFields()
    {
        using UserEventsTracepoint tracepoint = UserEventsTracepoint.Register();
        Assert.SkipUnless(tracepoint.Capability.Available, tracepoint.Capability.Reason ?? "");
        ForeignTool.RequireRoot("tracefs instances are root's");

        const int Count = 1000;
        using var instance = new TracefsInstance($"damon_test_ue_{Environment.ProcessId}");
        Assert.False(tracepoint.IsEnabled);
        instance.Enable("user_events", "damon_aggregated");
        Assert.True(tracepoint.IsEnabled);
        ProbeFire.Fire(tracepoint, Count);
        instance.Disable();
        Assert.False(tracepoint.IsEnabled);

        Assert.Equal(0UL, tracepoint.NrRefused);
        Assert.Equal(
            ProbeFire.Expected(Count, ProbeFire.NamedFields),
            instance.ReadLines().Select(line => Decimal(line[line.IndexOf("target_id=", StringComparison.Ordinal)..])));
    }

    /// <summary>tracefs prints each field twice, <c>name=0xfa0 (4000)</c>; the second time as a signed number.</summary>
    private static string Decimal(string fields) => Regex.Replace(
        fields, @"=0x([0-9a-f]+) \(-?\d+\)", field => $"={Convert.ToUInt64(field.Groups[1].Value, 16)}");

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
