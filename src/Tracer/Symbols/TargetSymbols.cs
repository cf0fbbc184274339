using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>
/// Names the code of a process: by the symbols of the files it has mapped, opened as the process sees them, of the kernel's vdso, and by what its
/// runtime says about code it compiled (perf map or jitdump). What has no symbol is a module and an offset; no name is made up. For one thread.
/// </summary>
public sealed class TargetSymbols : IDisposable
{
    private const string Vdso = "[vdso]";
    private const int LargestVdsoBytes = 64 * 1024;

    private static readonly TimeSpan s_refresh = TimeSpan.FromMilliseconds(500);

    private readonly TargetProcess _target;
    private readonly MappingReader _reader;
    private readonly byte[] _vector;
    private readonly List<Mapping> _mappings = [];
    private readonly Dictionary<(ulong Inode, string Name), ElfImage?> _images = [];
    private SymbolTable? _kernel;
    private readonly List<SymbolTable> _compiled = [];
    private JitDump? _jitDump;
    private bool _isCompiledRead;
    private long _readAt = long.MinValue;

    /// <param name="target">The process; stays the caller's.</param>
    public TargetSymbols(TargetProcess target)
    {
        ArgumentNullException.ThrowIfNull(target);
        _target = target;
        _reader = new MappingReader(target);
        _vector = ReadVector();
        Refresh();
    }

    /// <summary>The mappings as they were read last, in address order.</summary>
    public IReadOnlyList<Mapping> Mappings => _mappings;

    /// <summary>True when names of C++ functions are shown as source has them: the C++ library is installed.</summary>
    public static bool Demangles => Demangler.IsAvailable;

    /// <summary>True when the process has code that was compiled at run time and no list of it, perf map or jitdump, could be read.</summary>
    public bool LacksPerfMap { get; private set; }

    /// <summary>False once the process has executed another program: what was known of its memory is of the earlier one.</summary>
    public bool IsSameProgram => ReadVector() is not { Length: > 0 } now || now.AsSpan().SequenceEqual(_vector);

    /// <summary>Reads the mappings again, and what the runtime has compiled since.</summary>
    public void Refresh()
    {
        _readAt = Environment.TickCount64;
        _isCompiledRead = false;
        if (_reader.TryRead(_mappings, out bool changed) && changed)
        {
            _images.Remove((0, Vdso));
        }
    }

    /// <summary>What is at an address of the process, or of the kernel.</summary>
    public CodeName NameOf(ulong address)
    {
        if (address > long.MaxValue)
        {
            _kernel ??= KernelSymbols.Read();
            return _kernel.TryFind(address, out ulong begin, out string kernelName)
                ? new CodeName(kernelName, "[kernel]", address - begin)
                : new CodeName(null, "[kernel]", address);
        }

        if (Find(address) is not { } mapping)
        {
            return new CodeName(null, CodeName.Unknown, address);
        }

        if (IsCompiled(mapping))
        {
            ReadCompiled();
            string runtime = GeneratedCode.NameIn(_mappings);
            foreach (SymbolTable compiled in _compiled)
            {
                if (compiled.TryFind(address, out ulong begin, out string methodName))
                {
                    return new CodeName(runtime == GeneratedCode.DotNetName ? DotNetName.Shorten(methodName) : methodName, runtime, address - begin);
                }
            }

            return new CodeName(null, runtime, address);
        }

        ElfImage? image = ImageOf(mapping);
        string module = mapping.Name.Length == 0 ? "[anon]" : mapping.Name.StartsWith('/') ? FileNameOf(mapping.Name) : mapping.Name;
        ulong? inFile = InFile(image, mapping, address);
        return inFile is { } at && image!.Symbols.TryFind(at, out ulong start, out string name)
            ? new CodeName(name, module, at - start)
            : new CodeName(null, module, inFile is { } unnamed ? image!.StartOf(unnamed) ?? unnamed : address - mapping.Start + mapping.Offset);
    }

    /// <summary>An address of code within the file it is mapped from; null where it is from none.</summary>
    public ulong? FileOffsetOf(ulong address) =>
        address <= long.MaxValue && Find(address) is { Inode: not 0 } mapping ? address - mapping.Start + mapping.Offset : null;

    /// <summary>Where the function begins that holds an address of user code; null where that is not known.</summary>
    public ulong? StartOf(ulong address)
    {
        if (address > long.MaxValue || Find(address) is not { } mapping)
        {
            return null;
        }

        if (IsCompiled(mapping))
        {
            ReadCompiled();
            foreach (SymbolTable compiled in _compiled)
            {
                if (compiled.StartOf(address) is { } begin)
                {
                    return begin;
                }
            }

            return null;
        }

        ElfImage? image = ImageOf(mapping);
        return InFile(image, mapping, address) is { } at && image!.StartOf(at) is { } start ? address - (at - start) : null;
    }

    /// <summary>True for addresses of code; a return address on a stack is one, what a register used otherwise holds mostly is not.</summary>
    public bool IsCode(ulong address) => Find(address) is { Permissions: [_, _, 'x', ..] };

    /// <summary>
    /// How many of the return addresses of a stack are code. A register that is no frame pointer leads to what is none: there the stack ends.
    /// </summary>
    public int DepthOf(ReadOnlySpan<ulong> stack)
    {
        int depth = 0;
        while (depth < stack.Length && stack[depth] != 0 && IsCode(stack[depth] - 1))
        {
            depth++;
        }

        return depth;
    }

    /// <summary>The build id of the file of an address; null where it has none.</summary>
    public string? BuildIdOf(ulong address) => Find(address) is { } mapping ? ImageOf(mapping)?.BuildId : null;

    /// <inheritdoc/>
    public void Dispose()
    {
        _images.Clear();
        _jitDump?.Dispose();
        _jitDump = null;
    }

    // The auxiliary vector holds addresses that the kernel chose for this program: where it begins, its loader, random bytes on its stack.
    private byte[] ReadVector()
    {
        byte[] vector = [];
        int length = Math.Max(0, _target.Proc.ReadAll("auxv", ref vector));
        return vector[..length];
    }

    private static bool IsCompiled(in Mapping mapping) => GeneratedCode.Is(mapping);

    private static string FileNameOf(string path)
    {
        const string Deleted = " (deleted)";
        string name = Path.GetFileName(path);
        return name.EndsWith(Deleted, StringComparison.Ordinal) ? name[..^Deleted.Length] : name;
    }

    private static ulong? InFile(ElfImage? image, in Mapping mapping, ulong address) => image is null
        ? null
        : image.AddressOf(address - mapping.Start + mapping.Offset);

    private Mapping? Find(ulong address)
    {
        if (TryFind(address, out Mapping mapping))
        {
            return mapping;
        }

        // It may be new; but what is nowhere is asked for often.
        if (Environment.TickCount64 - _readAt < s_refresh.TotalMilliseconds)
        {
            return null;
        }

        Refresh();
        return TryFind(address, out mapping) ? mapping : null;
    }

    private bool TryFind(ulong address, out Mapping mapping)
    {
        int low = 0;
        int high = _mappings.Count - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            mapping = _mappings[middle];
            if (address < mapping.Start)
            {
                high = middle - 1;
            }
            else if (address >= mapping.End)
            {
                low = middle + 1;
            }
            else
            {
                return true;
            }
        }

        mapping = default;
        return false;
    }

    /// <summary>A runtime may write either list or both, then with the same functions.</summary>
    private void ReadCompiled()
    {
        if (_isCompiledRead)
        {
            return;
        }

        _isCompiledRead = true;
        _compiled.Clear();
        if (PerfMap.TryRead(_target) is { } map)
        {
            _compiled.Add(map);
        }

        _jitDump ??= JitDump.TryOpen(_target, _mappings);
        if (_jitDump?.Read() is { } dump)
        {
            _compiled.Add(dump);
        }

        LacksPerfMap = _compiled.Count == 0;
    }

    private ElfImage? ImageOf(in Mapping mapping)
    {
        (ulong Inode, string Name) key = (mapping.Inode, mapping.Name);
        if (!_images.TryGetValue(key, out ElfImage? image))
        {
            image = mapping.Name == Vdso ? ReadVdso(mapping) : mapping.Inode != 0 ? ReadFile(mapping) : null;
            _images[key] = image;
        }

        return image;
    }

    private ElfImage? ReadVdso(in Mapping mapping)
    {
        byte[] bytes = new byte[Math.Min(mapping.Size, LargestVdsoBytes)];
        using SafeFileHandle memory = _target.Proc.OpenFile("mem", O_RDONLY, out int errno);
        return errno == 0 && Unistd.PRead(memory, bytes, (long)mapping.Start) == bytes.Length
            ? ElfImage.TryRead((offset, buffer) => Copy(bytes, offset, buffer))
            : null;
    }

    private static int Copy(byte[] bytes, ulong offset, Span<byte> buffer)
    {
        if (offset >= (ulong)bytes.Length)
        {
            return 0;
        }

        int length = Math.Min(buffer.Length, bytes.Length - (int)offset);
        bytes.AsSpan((int)offset, length).CopyTo(buffer);
        return length;
    }

    private ElfImage? ReadFile(in Mapping mapping)
    {
        if (MappedFile.Open(_target, mapping) is not { } file)
        {
            return null;
        }

        using (file)
        {
            var image = ElfImage.TryRead((offset, buffer) => ReadAll(file, offset, buffer));
            if (image is { HasFullTable: false, BuildId: [_, _, _, ..] id } && ReadDebugFile(id) is { } debug)
            {
                image.TakeSymbolsOf(debug);
            }

            return image;
        }
    }

    /// <summary>The symbols that a distribution keeps apart, by build id.</summary>
    private ElfImage? ReadDebugFile(string buildId)
    {
        using SafeFileHandle file = _target.Proc.OpenFile(
            $"root/usr/lib/debug/.build-id/{buildId[..2]}/{buildId[2..]}.debug", O_RDONLY, out int errno);
        return errno == 0 && ElfImage.TryRead((offset, buffer) => ReadAll(file, offset, buffer)) is { HasFullTable: true } image
            && image.BuildId == buildId
            ? image
            : null;
    }

    private static int ReadAll(SafeFileHandle file, ulong offset, Span<byte> buffer)
    {
        int read = 0;
        while (read < buffer.Length && Unistd.PRead(file, buffer[read..], (long)offset + read) is > 0 and long more)
        {
            read += (int)more;
        }

        return read;
    }
}
