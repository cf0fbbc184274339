namespace Damon.Trace.Tracer.Metrics;

/// <summary>What kind of memory a mapping is: few enough of them to be a label.</summary>
internal enum MappingClass
{
    /// <summary>Private memory without a file: heaps of allocators and runtimes, thread stacks.</summary>
    Anonymous,

    /// <summary>The heap of brk(2).</summary>
    Heap,

    /// <summary>The stack of the main thread.</summary>
    Stack,

    /// <summary>Memory of files.</summary>
    File,

    /// <summary>Memory that processes share without a file of a disk: shmem, memfd, /dev/shm, System V.</summary>
    Shared,

    /// <summary>Anything else the kernel names.</summary>
    Other,
}

/// <summary>Tells the class of a mapping by its name, as /proc/PID/maps has it.</summary>
internal static class MappingClasses
{
    private static readonly string[] s_shared = ["/dev/zero", "/dev/shm/", "/memfd:", "/SYSV", "/anon_hugepage", "[anon_shmem"];

    /// <summary>The label of each class, by its value.</summary>
    internal static IReadOnlyList<string> Names { get; } = ["anon", "heap", "stack", "file", "shmem", "other"];

    internal static MappingClass Of(string name) => name switch
    {
        "" => MappingClass.Anonymous,
        "[heap]" => MappingClass.Heap,
        "[stack]" => MappingClass.Stack,
        _ when Array.Exists(s_shared, prefix => name.StartsWith(prefix, StringComparison.Ordinal)) => MappingClass.Shared,
        ['/', ..] => MappingClass.File,
        _ when name.StartsWith("[anon", StringComparison.Ordinal) || name.StartsWith("[dotnet", StringComparison.Ordinal) => MappingClass.Anonymous,
        _ => MappingClass.Other,
    };
}
