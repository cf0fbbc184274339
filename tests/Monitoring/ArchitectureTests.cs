using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.CompilerServices;

namespace Damon.Trace.Tracer.Monitoring.Tests;

/// <summary>The algorithm is pure: no OS, no clock, no randomness of its own, no state outside its objects.</summary>
public sealed class ArchitectureTests
{
    private const BindingFlags All =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Assembly s_assembly = typeof(DamonContext).Assembly;

    // CollectionsMarshal, List<T>, MemoryExtensions: nothing that reaches outside the process.
    private static readonly string[] s_allowed =
        ["System.Runtime", "System.Collections", "System.Memory", "System.Runtime.InteropServices"];

    [Fact]
    public void Assembly_ReferencesOnlyTheFrameworksBase() =>
        Assert.Empty(s_assembly.GetReferencedAssemblies().Select(a => a.Name).Except(s_allowed));

    [Fact]
    public void Assembly_HasNoPInvoke() =>
        Assert.Empty(s_assembly.GetTypes().SelectMany(t => t.GetMethods(All))
            .Where(m => m.Attributes.HasFlag(MethodAttributes.PinvokeImpl)).Select(m => $"{m.DeclaringType}.{m.Name}"));

    [Fact]
    public void Assembly_HasNoStaticField() => // constants are literals; the compiler's own fields do not count
        Assert.Empty(s_assembly.GetTypes()
            .Where(t => t.GetCustomAttribute<CompilerGeneratedAttribute>() is null)
            .SelectMany(t => t.GetFields(All)).Where(f => f.IsStatic && !f.IsLiteral).Select(f => $"{f.DeclaringType}.{f.Name}"));

    [Fact]
    public void Assembly_UsesNoClockRandomThreadOrEnvironment()
    {
        using FileStream file = File.OpenRead(s_assembly.Location);
        using PEReader image = new(file);
        MetadataReader metadata = image.GetMetadataReader();
        string[] used = [.. metadata.TypeReferences.Select(h => metadata.GetString(metadata.GetTypeReference(h).Name))];
        Assert.Contains(nameof(UInt128), used); // the list is a list of types
        Assert.Empty(used.Intersect(
            ["Stopwatch", "DateTime", "DateTimeOffset", "TimeProvider", "Random", "Thread", "Timer", "File", "Environment", "Console"]));
    }
}
