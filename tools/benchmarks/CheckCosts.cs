using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Damon.Trace.Tracer.AccessChecks;
using Damon.Trace.Tracer.Monitoring;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Benchmarks;

/// <summary>
/// What every access check of this machine costs per address, on memory of this process: 256 MB, of which a thread on another CPU writes
/// the first 32 MB all the time. Prints a table in Markdown.
/// </summary>
internal static unsafe class CheckCosts
{
    private const int PageSize = 4096;
    private const int Pages = 65536;
    private const int HotPages = 8192;
    private const int Addresses = 1000;
    private const int Passes = 100;
    private const int WindowMs = 20;

    internal static void Write(TextWriter output)
    {
        byte* memory = (byte*)NativeMemory.AlignedAlloc((nuint)Pages * PageSize, 2 << 20);
        Touch(memory, Pages);
        using var stop = new CancellationTokenSource();
        var toucher = new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Touch(memory, HotPages);
            }
        });
        toucher.Start();
        output.WriteLine("| check | clear, ns per address | read, ns per address | accessed, hot | accessed, idle |");
        output.WriteLine("|---|---|---|---|---|");
        foreach (AccessCheckKind kind in AccessCheckCatalog.ByPreference)
        {
            output.WriteLine(Measure(kind, memory));
        }

        stop.Cancel();
        toucher.Join();
        NativeMemory.AlignedFree(memory);
    }

    private static string Measure(AccessCheckKind kind, byte* memory)
    {
        Capability capability = kind.SelfTest();
        if (!capability.Available)
        {
            return $"| {kind.Name} | not run: {capability.Reason} | | | |";
        }

        using TargetProcess self = TargetProcess.Open(Environment.ProcessId);
        using IAccessCheck check = kind.Create(self, new AccessCheckSettings(WindowMs * 1_000, Realtime: false));
        ulong[] addresses = new ulong[Addresses];
        for (int i = 0; i < Addresses; i++)
        {
            addresses[i] = (ulong)memory + ((ulong)i * Pages / Addresses * PageSize);
        }

        var states = new AccessState[Addresses];
        var clearNs = new List<double>();
        var readNs = new List<double>();
        int hot = 0;
        int idle = 0;
        const int HotAddresses = Addresses * HotPages / Pages;
        for (int pass = 0; pass < Passes; pass++)
        {
            long begin = Stopwatch.GetTimestamp();
            check.MakeOld(addresses);
            clearNs.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Addresses);
            Thread.Sleep(WindowMs);
            begin = Stopwatch.GetTimestamp();
            check.ReadYoung(addresses, states);
            readNs.Add(Stopwatch.GetElapsedTime(begin).TotalNanoseconds / Addresses);
            hot += states.AsSpan(0, HotAddresses).Count(AccessState.Accessed);
            idle += states.AsSpan(HotAddresses + 1).Count(AccessState.Accessed);
        }

        return string.Create(
            CultureInfo.InvariantCulture,
            $"| {kind.Name} | {Median(clearNs):F0} | {Median(readNs):F0} | {100.0 * hot / HotAddresses / Passes:F1} % | "
            + $"{100.0 * idle / (Addresses - HotAddresses - 1) / Passes:F1} % |");
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static void Touch(byte* memory, int pages)
    {
        for (int page = 0; page < pages; page++)
        {
            Volatile.Write(ref memory[(nuint)page * PageSize], 1);
        }
    }
}
