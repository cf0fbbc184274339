using System.Diagnostics;
using System.Text.Json;

namespace Damon.Trace.Accuracy.Programs;

/// <summary>Records a real program and compares the memory it is said to access within some times with what the kernel says.</summary>
internal sealed class ProgramMeasurement(string recorder)
{
    private const int Seconds = 25;

    /// <summary>Times over which a working set is told.</summary>
    internal static IReadOnlyList<double> Times { get; } = [0.1, 1, 5, 20];

    /// <exception cref="NotPossibleException">The machine cannot run this program.</exception>
    internal ProgramScore Run(ProgramRow row, Setting setting)
    {
        string path = Path.Combine(Path.GetTempPath(), $"accuracy-{Environment.ProcessId}.nettrace");
        using ServerProgram program = row.Create();
        int pid = program.Start();
        try
        {
            double[] before = [.. Times.Select(seconds => ReferencedMemory.Within(pid, seconds))];
            using var recording = Recorder.Start(recorder, $"{pid}", Seconds, setting, path);
            Thread.Sleep(Seconds * 1000 / 3);
            program.Interrupt();
            double cpu = recording.Finish();
            double[] after = [.. Times.Take(3).Select(seconds => ReferencedMemory.Within(pid, seconds)), before[3]];
            return new ProgramScore(
                [.. before.Zip(after, (first, second) => (first + second) / 2)], Within(path), DamoBytes(path), cpu / Seconds, program.Remark());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double DamoBytes(string path)
    {
        List<AddressRange> all = [new AddressRange(0, ulong.MaxValue)];
        IReadOnlyList<Window> windows = Recording.Read(path).Windows;
        return Score.Median(windows.Skip(windows.Count / 2).Select(window => (double?)window.AccessedBytes(all))) ?? 0;
    }

    /// <summary>What report wss tells of the first target, for each of the times; null where it does not.</summary>
    private Estimate?[] Within(string path)
    {
        using Process report = Process.Start(
            new ProcessStartInfo(recorder, ["report", "wss", "-i", path, "--json"]) { RedirectStandardOutput = true })!;
        using var document = JsonDocument.Parse(report.StandardOutput.ReadToEnd());
        report.WaitForExit();
        JsonElement target = document.RootElement.GetProperty("targets")[0];
        return [.. Times.Select(seconds => Find(target, seconds))];
    }

    private static Estimate? Find(JsonElement target, double seconds)
    {
        if (!target.TryGetProperty("within", out JsonElement within) || within.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (JsonElement entry in within.EnumerateArray().Where(entry => entry.GetProperty("seconds").GetDouble() == seconds))
        {
            double Get(string name) => entry.GetProperty(name).GetDouble();
            return new Estimate(Get("bytes"), Get("low_bytes"), Get("high_bytes"), Get("unknown_bytes"));
        }

        return null;
    }
}
