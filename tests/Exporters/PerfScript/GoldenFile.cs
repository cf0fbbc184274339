using System.Globalization;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>
/// Compares bytes with a file under tests/golden/expected. A difference leaves NAME.actual beside it and names the first differing
/// offset; <c>UPDATE_GOLDEN=1</c> takes the new bytes over, except when <c>CI=true</c>.
/// </summary>
internal static class GoldenFile
{
    internal static byte[] Input(string name) => File.ReadAllBytes(RepositoryPath.Of("tests", "golden", "input", name));

    internal static void Check(string name, byte[] actual)
    {
        string expectedPath = RepositoryPath.Of("tests", "golden", "expected", name);
        string actualPath = expectedPath + ".actual";
        if (Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1")
        {
            Assert.False(Environment.GetEnvironmentVariable("CI") == "true", "golden files are not updated in CI");
            File.WriteAllBytes(expectedPath, actual);
            return;
        }

        byte[] expected = File.Exists(expectedPath) ? File.ReadAllBytes(expectedPath) : [];
        int offset = expected.AsSpan().CommonPrefixLength(actual);
        if (offset == expected.Length && offset == actual.Length)
        {
            File.Delete(actualPath);
            return;
        }

        File.WriteAllBytes(actualPath, actual);
        int line = actual.AsSpan(0, offset).Count((byte)'\n') + 1;
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"""
            {name} differs at offset {offset}, line {line} (expected {expected.Length} bytes, got {actual.Length})
            see:    diff '{expectedPath}' '{actualPath}'
            accept: UPDATE_GOLDEN=1 dotnet test tests/Exporters
            """));
    }
}
