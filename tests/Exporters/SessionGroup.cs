namespace Damon.Trace.Exporters.Tests;

/// <summary>Tests that start EventPipe sessions share the process's one provider: each would see the events of the others.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SessionGroup : ICollectionFixture<RecordedFile>
{
    public const string Name = "sessions";
}
