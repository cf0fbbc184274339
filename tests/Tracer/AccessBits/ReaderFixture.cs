using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.AccessChecks.AccessBits;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tests.AccessBits;

/// <summary>One reader for all tests of this room; where the machine has none, they are skipped with its reason.</summary>
public sealed class ReaderFixture : IDisposable
{
    private readonly PageTableReader? _reader;
    private readonly Capability _capability;

    public ReaderFixture()
    {
        _reader = PageTableReader.TryCreate(out _capability);
        OwnProcess = TargetProcess.Open(Environment.ProcessId);
        OwnPagemap = Unistd.Open("/proc/self/pagemap", O_RDONLY, out _);
    }

    internal TargetProcess OwnProcess { get; }

    internal SafeFileHandle OwnPagemap { get; }

    /// <summary>The reader, or the end of the test.</summary>
    internal PageTableReader Reader
    {
        get
        {
            Assert.SkipWhen(_reader is null, $"access-bits: {_capability.Reason}; {_capability.Hint}");
            return _reader!;
        }
    }

    internal LeafEntry[] Walk(params ulong[] addresses)
    {
        ulong[] leaves = new ulong[addresses.Length];
        Assert.Equal(0, Reader.Walk(OwnPagemap, addresses, leaves));
        return [.. leaves.Select(static bits => new LeafEntry(bits))];
    }

    internal Folio[] Describe(params ulong[] addresses)
    {
        var folios = new Folio[addresses.Length];
        new FolioReader(Reader).Describe(Walk(addresses), folios);
        return folios;
    }

    /// <summary>A check of this very process, with so much time to clear that a busy machine makes no difference.</summary>
    internal AccessBitsCheck CheckSelf(ClearerKind clearer = ClearerKind.Cold)
        => new(Reader, OwnProcess, TimeSpan.FromMinutes(1), new AccessBitsOptions { Clearer = clearer });

    public void Dispose()
    {
        _reader?.Dispose();
        OwnPagemap.Dispose();
        OwnProcess.Dispose();
    }
}
