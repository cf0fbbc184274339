using System.Diagnostics;
using System.Globalization;

namespace Damon.Trace.Tracer.Tests.Schemes;

/// <summary>A process that uses one file all the time and never again another, beside memory that must be left alone.</summary>
internal sealed class SchemeMemory : IDisposable
{
    internal const ulong Bytes = Mib << 20;
    private const int Mib = 32;

    private readonly Process _process;
    private readonly string _folder;

    private SchemeMemory(Process process, string folder, ulong anonymous)
    {
        _process = process;
        _folder = folder;
        Anonymous = anonymous;
    }

    internal int Pid => _process.Id;

    internal ulong Anonymous { get; }

    internal static SchemeMemory Start()
    {
        string python = ForeignTool.Require("python3");

        // Beside the program and not in TMPDIR, which may be memory itself.
        string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"schemes-{Guid.NewGuid():N}")).FullName;
        string script = Path.Combine(AppContext.BaseDirectory, "Schemes", "scheme_memory.py");
        var start = new ProcessStartInfo(python, [script, folder, Mib.ToString(CultureInfo.InvariantCulture)])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        Process process = Process.Start(start)!;
        string? ready = process.StandardOutput.ReadLine();
        if (ready is null)
        {
            string reason = process.StandardError.ReadToEnd().Trim();
            process.Dispose();
            Directory.Delete(folder, recursive: true);
            Assert.SkipWhen(true, reason);
        }

        return new SchemeMemory(process, folder, ulong.Parse(ready!, NumberStyles.HexNumber, CultureInfo.InvariantCulture));
    }

    /// <summary>What smaps says of one of the files, e.g. Rss, in bytes.</summary>
    internal ulong OfFile(string file, string key) => Of(line => line.EndsWith("/" + file, StringComparison.Ordinal), key);

    /// <summary>What smaps says of the anonymous memory: the mapping it lies in.</summary>
    internal ulong OfAnonymous(string key) => Of(
        line =>
        {
            string[] ends = line.Split(' ')[0].Split('-');
            return ends.Length == 2
                && ulong.TryParse(ends[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong start)
                && ulong.TryParse(ends[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong end)
                && start <= Anonymous && Anonymous < end;
        },
        key);

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private ulong Of(Func<string, bool> isMapping, string key)
    {
        string? value = File.ReadAllLines($"/proc/{Pid}/smaps").SkipWhile(line => !isMapping(line))
            .FirstOrDefault(line => line.StartsWith(key + ":", StringComparison.Ordinal));
        return ulong.Parse(value![(key.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
