using Damon.Trace.Tracer.Symbols;

namespace Damon.Trace.Tracer.Tests.Symbols;

/// <summary>Lines as .NET 8 to 10 write them into /tmp/perf-PID.map.</summary>
public sealed class DotNetNameTests
{
    [Theory]
    [InlineData("instance int64 [app] Table::Sum()[OptimizedTier1]", "Table::Sum()")]
    [InlineData("void [app] Program::<Main>$(string[])[QuickJitted]", "Program::<Main>$(string[])")]
    [InlineData("instance void [app] Program+<>c__DisplayClass0_0::<<Main>$>b__1()[QuickJitted]", "Program+<>c__DisplayClass0_0::<<Main>$>b__1()")]
    [InlineData("class [System.Runtime]System.Type [app] A.B::Of(class [System.Runtime]System.Object)[MinOptJitted]", "A.B::Of(class [System.Runtime]System.Object)")]
    [InlineData("uint8[] [app] A::Read(int32[0...,0...])[Optimized]", "A::Read(int32[0...,0...])")]
    [InlineData("int32[0...,0...] [app] A::Table()[OptimizedTier1OSR]", "A::Table()")]
    [InlineData("void [app] A::Fill(int32[])", "A::Fill(int32[])")]
    [InlineData("instance void [System.Private.CoreLib] dynamicClass::IL_STUB_PInvoke(int32)[Optimized]", "dynamicClass::IL_STUB_PInvoke(int32)")]
    [InlineData("GenerateLookupStub<0x7f0000001000>", "GenerateLookupStub<0x7f0000001000>")]
    [InlineData("main", "main")]
    [InlineData("", "")]
    [InlineData("]", "]")]
    [InlineData("a] b::c", "a] b::c")]
    public void Shorten_LeavesTheMethod(string name, string method) => Assert.Equal(method, DotNetName.Shorten(name));
}
