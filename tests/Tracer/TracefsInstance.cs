namespace Damon.Trace.Tracer.Tests;

/// <summary>A ring buffer of tracefs of our own, so that the machine's one is left alone; removed with everything in it.</summary>
internal sealed class TracefsInstance : IDisposable
{
    internal const string Root = "/sys/kernel/tracing";

    private readonly List<string> _enabled = [];

    internal TracefsInstance(string name)
    {
        Path = System.IO.Path.Combine(Root, "instances", name);
        Directory.CreateDirectory(Path);

        // Instances with the default size hold about a megabyte per CPU once used.
        File.WriteAllText(System.IO.Path.Combine(Path, "buffer_size_kb"), "2048");
    }

    internal string Path { get; }

    internal void Enable(string system, string name)
    {
        string enable = System.IO.Path.Combine(Path, "events", system, name, "enable");
        File.WriteAllText(enable, "1");
        _enabled.Add(enable);
    }

    internal void Disable()
    {
        _enabled.ForEach(enable => File.WriteAllText(enable, "0"));
        _enabled.Clear();
    }

    /// <summary>The recorded lines without the leading comments.</summary>
    internal string[] ReadLines() =>
        [.. File.ReadLines(System.IO.Path.Combine(Path, "trace")).Where(line => line.Length > 0 && line[0] != '#')];

    public void Dispose()
    {
        Disable();
        Directory.Delete(Path);
    }
}
