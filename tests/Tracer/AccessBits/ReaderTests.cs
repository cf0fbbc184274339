namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>Tests that use the reader run one after the other: they clear and count accessed bits of the same process.</summary>
[CollectionDefinition(Name)]
public sealed class ReaderTests : ICollectionFixture<ReaderFixture>
{
    internal const string Name = "access-bits";
}
