namespace Damon.Trace.Cli.Tests.DataSet;

/// <summary>One recording for all tests of the room.</summary>
[CollectionDefinition(Name)]
public sealed class SharedRecording : ICollectionFixture<RecordedDataSet>
{
    internal const string Name = "data set";
}
