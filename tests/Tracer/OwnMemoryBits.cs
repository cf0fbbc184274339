using Damon.Trace.Tracer.Tests.AccessBits;

namespace Damon.Trace.Tracer.Tests;

/// <summary>
/// Every class that clears or judges bits of this process's own memory. clear_refs clears those of the whole process, the idle bitmap
/// those of its pages, and so does each self-test of an access check: beside another class, in parallel, a page that was just written
/// looks untouched, and the wrong test fails. In one collection they run one after the other.
/// </summary>
[CollectionDefinition(Name)]
public sealed class OwnMemoryBits : ICollectionFixture<ReaderFixture>
{
    internal const string Name = "bits of this process's own memory";
}
