using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Diagnostics.Runtime;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli.DotNet;

/// <summary>The .NET runtime of a target, opened for reading. Afterwards this process has no more rights than the target has.</summary>
internal sealed class TargetRuntime : IDisposable
{
    private const string RuntimeName = "/libcoreclr.so";

    private readonly DataTarget _target;

    private readonly string _dacPath;

    private TargetRuntime(DataTarget target, string dacPath)
    {
        _target = target;
        _dacPath = dacPath;
        Heap = new HeapReader(target, dacPath);
    }

    /// <summary>Its garbage-collected heap.</summary>
    internal HeapReader Heap { get; }

    /// <summary>Opens it; null when the process has not loaded a runtime (yet).</summary>
    /// <exception cref="UserErrorException">Its memory may not be read, or there is no debugging library that may be loaded.</exception>
    internal static TargetRuntime? TryOpen(TargetProcess process)
    {
        List<Mapping> mappings = [];
        if (!new MappingReader(process).TryRead(mappings, out _)
            || mappings.Find(mapping => mapping.Name.EndsWith(RuntimeName, StringComparison.Ordinal) && mapping.Offset == 0) is not { Size: > 0 } library)
        {
            return null;
        }

        var memory = new RuntimeMemory(
            Unistd.Open($"/proc/{process.Pid}/mem", O_RDONLY, out int errno), process.Pid, library.Start, library.Name);
        if (errno != 0)
        {
            throw new UserErrorException(
                $"the memory of process {process.Pid} cannot be read: {Errno.Describe(errno)}", "run damon-trace as root", ExitCode.NoAccessCheck);
        }

        var target = new DataTarget(memory, new DataTargetOptions { SymbolPaths = [], FileLocator = new NoFiles() });
        ImmutableArray<byte> buildId = target.EnumerateModules().FirstOrDefault()?.BuildId ?? [];
        string dac = DebuggingLibrary.Choose(process.Pid, library.Name, buildId);
        if (geteuid() == 0)
        {
            BecomeUserOf(process, dac);
        }

        return new TargetRuntime(target, dac);
    }

    /// <summary>All that the library knows of it, read anew; the caller's to dispose.</summary>
    internal ClrRuntime CreateRuntime() => _target.ClrVersions.Single().CreateRuntime(_dacPath, ignoreMismatch: true);

    /// <inheritdoc/>
    public void Dispose() => _target.Dispose();

    /// <summary>
    /// From here on bytes of the target are taken for tables, by a library that trusts them. What it may be brought to do, it is to do
    /// with the target's own rights. Code is loaded before: the target's user need not be able to read where damon-trace is.
    /// </summary>
    private static void BecomeUserOf(TargetProcess process, string dac)
    {
        NativeLibrary.Load(dac);
        if (RuntimeFeature.IsDynamicCodeSupported)
        {
            LoadAll(typeof(DataTarget).Assembly, []);
        }

        uint uid = process.EffectiveUid;
        if (uid != 0 && process.EffectiveGid is uint gid)
        {
            int result = Unistd.BecomeUser(uid, gid);
            if (result < 0)
            {
                throw new UserErrorException(
                    $"cannot give up the rights of root: {Errno.Describe(-result)}", "let damon-trace have CAP_SETUID and CAP_SETGID", ExitCode.NoAccessCheck);
            }
        }
    }

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Not called where the program is compiled ahead of time: all its code is loaded.")]
    private static void LoadAll(Assembly assembly, HashSet<string> seen)
    {
        foreach (AssemblyName name in assembly.GetReferencedAssemblies())
        {
            if (seen.Add(name.Name!))
            {
                try
                {
                    LoadAll(Assembly.Load(name), seen);
                }
                catch (FileNotFoundException)
                {
                    // What the library needs to download symbols is not part of the program.
                }
            }
        }
    }
}
