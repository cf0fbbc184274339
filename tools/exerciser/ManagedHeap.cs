namespace Damon.Trace.Exerciser;

/// <summary>
/// Objects in the runtime's heap that are touched once and never again: small ones in the oldest generation and a large one, which does not
/// move. Beside them garbage is made, so that the runtime collects as in a program that works.
/// </summary>
internal sealed class ManagedHeap : IDisposable
{
    private const int SmallObjectSize = 16 * 1024;
    private const int GarbageObjects = 400;
    private const int GarbageObjectSize = 1024;
    private static readonly TimeSpan s_garbagePause = TimeSpan.FromMilliseconds(10);

    // Close below its hard limit the collector of .NET 10.0.12 faults in libcoreclr.so, when it has no background thread.
    private const long LeastHeapLimit = 128 << 20;

    private readonly byte[][] _small;
    private readonly byte[] _large;
    private readonly Thread _garbage;
    private volatile bool _stopping;

    internal ManagedHeap(ulong size, bool collectsAlways)
    {
        if (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes < LeastHeapLimit + (long)(2 * size))
        {
            throw new UsageException("--managed does not fit into the small heap of this program", "set DOTNET_GCHeapHardLimit=10000000 (256 MiB)");
        }

        // Large first: pinned by nothing but its size, it keeps its address through the collections.
        _large = Touched((int)Math.Min(size / 2, (ulong)Array.MaxLength));
        _small = new byte[(int)(size / 2 / SmallObjectSize)][];
        for (int i = 0; i < _small.Length; i++)
        {
            _small[i] = Touched(SmallObjectSize);
        }

        // A survivor of two collections is in generation 2.
        GC.Collect();
        GC.Collect();
        _garbage = new Thread(() => MakeGarbage(collectsAlways)) { IsBackground = true };
        _garbage.Start();
    }

    /// <summary>The bytes of the large object.</summary>
    internal unsafe MemoryRange LargeObject
    {
        get
        {
            fixed (byte* first = _large)
            {
                return new MemoryRange("large-object", (ulong)first, (ulong)first + (ulong)_large.Length);
            }
        }
    }

    public void Dispose()
    {
        _stopping = true;
        _garbage.Join();
        GC.KeepAlive(_small);
    }

    private static byte[] Touched(int size)
    {
        byte[] array = new byte[size];
        for (int i = 0; i < size; i += (int)ExerciserOptions.PageSize)
        {
            array[i] = 1;
        }

        return array;
    }

    private void MakeGarbage(bool collectsAlways)
    {
        int generation = 0;
        while (!_stopping)
        {
            for (int i = 0; i < GarbageObjects; i++)
            {
                GC.KeepAlive(new byte[GarbageObjectSize]);
            }

            if (collectsAlways)
            {
                GC.Collect(generation);
                generation = (generation + 1) % 3;
            }
            else
            {
                Thread.Sleep(s_garbagePause);
            }
        }
    }
}
