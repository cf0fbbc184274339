using Damon.Trace.Tracer.AccessChecks;

namespace Damon.Trace.Tracer.Tests.Contract;

[Collection(OwnMemoryBits.Name)]
public sealed class AccessCheckCatalogTests
{
    [Fact]
    public void Auto_TriesThoseThatSeeAllAccessesBestFirst()
    {
        Assert.Equal(
            ["access-bits", "idle-pages", "referenced-mappings"],
            AccessCheckCatalog.ByPreference.Where(static kind => kind.IsChosenByAuto).Select(static kind => kind.Name));
    }

    [Fact]
    public void EveryCheck_HasANameOfItsOwnAndSaysWhatItIs()
    {
        Assert.Equal(
            AccessCheckCatalog.ByPreference, AccessCheckCatalog.ByPreference.Select(static kind => AccessCheckCatalog.Find(kind.Name)));
        Assert.All(AccessCheckCatalog.ByPreference, static kind => Assert.NotEmpty(kind.Summary));
        Assert.Null(AccessCheckCatalog.Find(AccessCheckCatalog.Auto));
    }

    [Fact]
    public void Probing_TellsWhatIsMissingAndWhatWouldHelp()
    {
        Assert.All(
            AccessCheckCatalog.ByPreference.Select(static kind => kind.Probe()),
            static capability => Assert.True(capability.Available ? capability.Reason is null : capability is { Reason: not null, Hint: not null }));
    }
}
