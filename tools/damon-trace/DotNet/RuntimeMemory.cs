using System.Runtime.InteropServices;
using Damon.Trace.Tracer.Linux;
using Microsoft.Diagnostics.Runtime;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Cli.DotNet;

/// <summary>
/// What the debugging library may see: one loaded <c>libcoreclr.so</c> and the bytes at an address. Reads /proc/PID/mem, which asks for
/// permission when it is opened and never again, and stays with the memory it was opened for, whatever the process executes later. A library's
/// file can be read the same way, as if it were loaded at 0.
/// </summary>
internal sealed unsafe class RuntimeMemory : IDataReader, IDisposable
{
    private readonly SafeFileHandle _memory;
    private readonly ulong _libraryBase;
    private readonly string _libraryPath;

    /// <param name="memory">Readable by address; owned from now on.</param>
    /// <param name="pid">Whose it is; 0 for a file.</param>
    /// <param name="libraryBase">Where libcoreclr.so begins.</param>
    /// <param name="libraryPath">Its path in the target.</param>
    internal RuntimeMemory(SafeFileHandle memory, int pid, ulong libraryBase, string libraryPath)
    {
        _memory = memory;
        ProcessId = pid;
        _libraryBase = libraryBase;
        _libraryPath = libraryPath;
    }

    /// <inheritdoc/>
    public string DisplayName => _libraryPath;

    /// <inheritdoc/>
    public bool IsThreadSafe => true;

    /// <inheritdoc/>
    public OSPlatform TargetPlatform => OSPlatform.Linux;

    /// <inheritdoc/>
    public Architecture Architecture => RuntimeInformation.ProcessArchitecture;

    /// <inheritdoc/>
    public int ProcessId { get; }

    /// <inheritdoc/>
    public int PointerSize => sizeof(ulong);

    /// <inheritdoc/>
    public IEnumerable<ModuleInfo> EnumerateModules() =>
        ModuleInfo.TryCreate(this, _libraryBase, _libraryPath) is ModuleInfo module ? [new CoreClrModule(module)] : [];

    /// <inheritdoc/>
    public bool GetThreadContext(uint threadID, uint contextFlags, Span<byte> context) => false;

    /// <inheritdoc/>
    public void FlushCachedData()
    {
        // Nothing is kept.
    }

    /// <inheritdoc/>
    public int Read(ulong address, Span<byte> buffer) =>
        address > long.MaxValue ? 0 : (int)Math.Max(0, Unistd.PRead(_memory, buffer, (long)address));

    /// <inheritdoc/>
    public bool Read<T>(ulong address, out T value)
        where T : unmanaged
    {
        T read = default;
        bool complete = Read(address, new Span<byte>(&read, sizeof(T))) == sizeof(T);
        value = complete ? read : default;
        return complete;
    }

    /// <inheritdoc/>
    public T Read<T>(ulong address)
        where T : unmanaged
    {
        _ = Read(address, out T value);
        return value;
    }

    /// <inheritdoc/>
    public bool ReadPointer(ulong address, out ulong value) => Read(address, out value);

    /// <inheritdoc/>
    public ulong ReadPointer(ulong address) => Read<ulong>(address);

    /// <inheritdoc/>
    public void Dispose() => _memory.Dispose();
}
