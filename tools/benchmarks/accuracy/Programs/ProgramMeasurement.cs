namespace Damon.Trace.Accuracy.Programs;

/// <summary>Records a real program and compares the memory it is said to access within some times with what the kernel says.</summary>
internal sealed class ProgramMeasurement(string recorder)
{
    private const int Seconds = 25;

    /// <exception cref="NotPossibleException">The machine cannot run this program.</exception>
    internal ProgramScore Run(ProgramRow row, Setting setting)
    {
        string path = Path.Combine(Path.GetTempPath(), $"accuracy-{Environment.ProcessId}.nettrace");
        using ServerProgram program = row.Create();
        int pid = program.Start();
        try
        {
            double[] before = [.. Recording.Times.Select(seconds => ReferencedMemory.Within(pid, seconds))];
            using var recording = Recorder.Start(recorder, $"{pid}", Seconds, setting, path);
            Thread.Sleep(Seconds * 1000 / 3);
            program.Interrupt();
            double cpu = recording.Finish();
            double[] after = [.. Recording.Times.Take(3).Select(seconds => ReferencedMemory.Within(pid, seconds)), before[3]];
            var recorded = Recording.Read(path);
            return new ProgramScore(
                [.. before.Zip(after, (first, second) => (first + second) / 2)], recorded.Within(), DamoBytes(recorded), cpu / Seconds, program.Remark());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static double DamoBytes(Recording recorded)
    {
        List<AddressRange> all = [new AddressRange(0, ulong.MaxValue)];
        IReadOnlyList<Window> windows = recorded.Windows;
        return Score.Median(windows.Skip(windows.Count / 2).Select(window => (double?)window.AccessedBytes(all))) ?? 0;
    }
}
