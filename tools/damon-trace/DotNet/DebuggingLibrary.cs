using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Microsoft.Diagnostics.Runtime;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// Chooses the debugging library (libmscordaccore.so) of a target's runtime: code that is loaded and run, so never one that the target may have
/// brought along. It is the one beside our own runtime when that is of the same build, or the one beside the target's runtime when nobody but
/// root, or we ourselves, could have put it there.
/// </summary>
internal static class DebuggingLibrary
{
    private const string RuntimeName = "libcoreclr.so";
    private const string LibraryName = "libmscordaccore.so";

    /// <summary>The path of the library.</summary>
    /// <param name="pid">The target.</param>
    /// <param name="runtimePath">Where the target says its libcoreclr.so is.</param>
    /// <param name="buildId">The build of the runtime in the target's memory.</param>
    /// <exception cref="UserErrorException">There is none that may be loaded.</exception>
    internal static string Choose(int pid, string runtimePath, ImmutableArray<byte> buildId)
    {
        if (buildId.IsDefaultOrEmpty)
        {
            throw Refused($"the .NET runtime of process {pid} does not tell its build", hint: null);
        }

        string ours = RuntimeEnvironment.GetRuntimeDirectory();
        if (BuildIdOf(Path.Combine(ours, RuntimeName)).AsSpan().SequenceEqual(buildId.AsSpan()))
        {
            return Existing(ours);
        }

        return OfTarget(pid, runtimePath, buildId);
    }

    /// <summary>The build id of a library on disk; empty when it has none or cannot be read.</summary>
    internal static ImmutableArray<byte> BuildIdOf(string path)
    {
        using var library = new RuntimeMemory(Unistd.Open(path, O_RDONLY, out int errno), pid: 0, libraryBase: 0, path);
        return errno == 0 && library.EnumerateModules().FirstOrDefault() is ModuleInfo module ? module.BuildId : [];
    }

    /// <summary>The first of a path and the folders above it that others could change; null when there is none.</summary>
    internal static string? FirstOpenToOthers(string path, uint ownUser)
    {
        for (string? part = path; part is not null; part = Path.GetDirectoryName(part))
        {
            if (!SysStat.IsOnlyWritableBy(part, user: 0, ownUser))
            {
                return part;
            }
        }

        return null;
    }

    private static string OfTarget(int pid, string runtimePath, ImmutableArray<byte> buildId)
    {
        const string SameRuntime = "run damon-trace with the runtime that the target uses";
        if (!SharesFilesWith(pid))
        {
            throw Refused($"process {pid} has another .NET runtime than damon-trace, in a container", SameRuntime);
        }

        string runtime = Resolved(runtimePath);
        if (!BuildIdOf(runtime).AsSpan().SequenceEqual(buildId.AsSpan()))
        {
            throw Refused($"{runtimePath} is not what process {pid} has loaded", "restart the target after an update of .NET");
        }

        string library = Resolved(Existing(Path.GetDirectoryName(runtime)!));
        return FirstOpenToOthers(library, geteuid()) is string open
            ? throw Refused($"{library} cannot be trusted: others may change {open}", SameRuntime)
            : library;
    }

    private static string Existing(string folder)
    {
        string path = Path.Combine(folder, LibraryName);
        return File.Exists(path)
            ? path
            : throw Refused($"there is no {LibraryName} in {folder}", "install the whole .NET runtime: some packages leave its debugging library out");
    }

    /// <summary>The path without symbolic links; the path itself when it leads nowhere.</summary>
    private static string Resolved(string path)
    {
        string resolved = Path.GetPathRoot(path) ?? "/";
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string next = Path.Combine(resolved, part);
            resolved = new FileInfo(next).ResolveLinkTarget(returnFinalTarget: true) is FileSystemInfo target ? Resolved(target.FullName) : next;
        }

        return resolved;
    }

    /// <summary>The same path is the same file there and here: same mount namespace, same root folder.</summary>
    private static bool SharesFilesWith(int pid) =>
        new FileInfo($"/proc/{pid}/ns/mnt").LinkTarget == new FileInfo("/proc/self/ns/mnt").LinkTarget
        && new FileInfo($"/proc/{pid}/root").LinkTarget == new FileInfo("/proc/self/root").LinkTarget;

    private static UserErrorException Refused(string reason, string? hint) => new(reason, hint, ExitCode.NoAccessCheck);
}
