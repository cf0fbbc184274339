using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Monitoring;

namespace Damon.Trace.Tracer.Tracepoints.Usdt;

/// <summary>
/// The statically defined probe <c>damon:aggregated</c> for perf, bpftrace and everything else that attaches uprobes. Loads a generated
/// library whose one function is the probe; the kernel counts the listeners in the library's semaphore.
/// </summary>
public sealed unsafe class UsdtTracepoint : INativeTracepoint
{
    // What an inert instance points to, so that asking costs the same load and no branch more.
    private static readonly ushort* s_nobody = (ushort*)NativeMemory.AllocZeroed(sizeof(ushort));

    private readonly UsdtImage? _image;
    private ushort* _semaphore = s_nobody;
    private delegate* unmanaged[SuppressGCTransition]<ulong, uint, ulong, ulong, uint, uint, void> _probe;
    private nint _library;

    private UsdtTracepoint(UsdtImage? image, Capability capability)
    {
        _image = image;
        Capability = capability;
    }

    /// <inheritdoc/>
    public string Family => "usdt";

    /// <inheritdoc/>
    public Capability Capability { get; }

    /// <summary>The file tracers attach to; null when there is none.</summary>
    public string? LibraryPath { get; private init; }

    /// <summary>Build id of the library in hexadecimal; null when there is none.</summary>
    public string? BuildId => _image?.BuildId;

    /// <summary>Tracers that listen at this moment.</summary>
    public int NrListeners => Volatile.Read(ref *_semaphore);

    /// <inheritdoc/>
    public bool IsEnabled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref *_semaphore) != 0;
    }

    /// <summary>Whether this processor is one that the probe library is written for; nothing is written.</summary>
    public static Capability Probe() => UsdtMachine.Current is null ? Capability.No("no probe library for this processor") : Capability.Yes;

    /// <summary>Writes the library to the first usable directory and loads it.</summary>
    /// <param name="directory">Where the library is to live; null for its usual places.</param>
    public static UsdtTracepoint Register(string? directory = null)
    {
        if (UsdtMachine.Current is not { } machine)
        {
            return new UsdtTracepoint(null, Capability.No($"no probe library for {RuntimeInformation.ProcessArchitecture}"));
        }

        UsdtImage image = UsdtImage.Build(machine);
        Capability refusal = Capability.No("no directory to put the probe library in", "set XDG_CACHE_HOME or HOME");
        foreach (string place in directory is null ? UsdtLibraryFile.DefaultDirectories() : [directory])
        {
            refusal = UsdtLibraryFile.Ensure(place, image);
            if (!refusal.Available)
            {
                continue;
            }

            string path = Path.Combine(place, UsdtImage.SoName);
            if (TryLoad(image, path, out refusal) is { } tracepoint)
            {
                return tracepoint;
            }
        }

        return new UsdtTracepoint(null, refusal);
    }

    /// <summary>The line for uprobe_events that makes the probe a kernel event with named fields; null when there is no library.</summary>
    public string? DescribeUprobe(string group, string name) => _image?.DescribeUprobe(LibraryPath!, group, name);

    /// <summary>
    /// Bound by the trap once a tracer listens (0.2 to 0.5 us), by one load before. Allocates nothing. The transition to native code is
    /// left out: the function is two instructions long, and even the trap takes less than the microsecond it may hold up a collection.
    /// </summary>
    public void Aggregated(ulong targetId, uint nrRegions, in DamonRegion region)
    {
        if (IsEnabled)
        {
            _probe(targetId, nrRegions, region.Start, region.End, region.NrAccesses, region.Age);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _semaphore = s_nobody;
        _probe = null;
        nint library = Interlocked.Exchange(ref _library, 0);
        if (library != 0)
        {
            NativeLibrary.Free(library);
        }
    }

    private static UsdtTracepoint? TryLoad(UsdtImage image, string path, out Capability refusal)
    {
        try
        {
            nint library = NativeLibrary.Load(path);
            refusal = Capability.Yes;
            return new UsdtTracepoint(image, Capability.Yes)
            {
                LibraryPath = path,
                _library = library,
                _semaphore = (ushort*)NativeLibrary.GetExport(library, UsdtImage.SemaphoreName),
                _probe = (delegate* unmanaged[SuppressGCTransition]<ulong, uint, ulong, ulong, uint, uint, void>)
                    NativeLibrary.GetExport(library, UsdtImage.FunctionName),
            };
        }
        catch (Exception e) when (e is DllNotFoundException or BadImageFormatException or EntryPointNotFoundException)
        {
            // The loader's text has one line per attempt; the first names the cause.
            refusal = Capability.No($"cannot load {path}: {e.Message.Split('\n')[0]}", "is the file system mounted noexec?");
            return null;
        }
    }
}
