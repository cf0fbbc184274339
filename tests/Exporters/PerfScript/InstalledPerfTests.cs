using System.Diagnostics;
using System.Globalization;
using System.Text;
using Damon.Trace.Exporters.PerfScript;

namespace Damon.Trace.Exporters.Tests.PerfScript;

/// <summary>
/// The installed perf and a kernel with DAMON as judges: what perf prints must come out of reading and writing byte for byte. Listens
/// only; changes nothing.
/// </summary>
[Trait("Category", "Linux")]
public sealed class InstalledPerfTests
{
    [Fact]
    public void WhatPerfPrints_IsReadAndWrittenUnchanged()
    {
        (int versionExit, byte[] versionText) = TryRun("perf", "--version");
        Assert.SkipWhen(versionExit != 0, "perf is not installed");
        Assert.SkipUnless(Directory.Exists("/sys/kernel/tracing/events/damon/damon_aggregated"), "the kernel's damon_aggregated cannot be seen");
        string recording = Path.GetTempFileName();
        try
        {
            (int exit, _) = TryRun("perf", "record", "-e", "damon:damon_aggregated", "-a", "-o", recording, "sleep", "12");
            Assert.SkipWhen(exit != 0, "perf may not record damon:damon_aggregated");
            (_, byte[] text) = TryRun("perf", "script", "-i", recording);
            Assert.SkipWhen(text.Length == 0, "no kdamond of the kernel reported anything within 12 seconds");
            (_, byte[] nanoseconds) = TryRun("perf", "script", "--ns", "-i", recording);
            PerfCompat compat = CompatOf(Encoding.ASCII.GetString(versionText));
            AssertIdentity(text, new PerfScriptOptions { Compat = compat });
            AssertIdentity(nanoseconds, new PerfScriptOptions { Compat = compat, Nanoseconds = true });
        }
        finally
        {
            File.Delete(recording);
        }
    }

    private static void AssertIdentity(byte[] text, PerfScriptOptions options)
    {
        byte[] written = PerfScriptWriterTests.Rewrite(text, options);
        int same = written.AsSpan().CommonPrefixLength(text);
        Assert.True(same == text.Length && same == written.Length, string.Create(CultureInfo.InvariantCulture,
            $"differs at offset {same}: perf \"{Excerpt(text, same)}\", ours \"{Excerpt(written, same)}\""));
    }

    private static string Excerpt(byte[] text, int at) => Encoding.Latin1.GetString(text.AsSpan(at, Math.Min(80, text.Length - at)));

    private static PerfCompat CompatOf(string version)
    {
        // "perf version 6.1.192"
        string[] numbers = version.Trim().Split(' ')[^1].Split('.', '-');
        int number = (int.Parse(numbers[0], CultureInfo.InvariantCulture) * 1000) + int.Parse(numbers[1], CultureInfo.InvariantCulture);
        return number < 6005 ? PerfCompat.Perf64 : PerfCompat.Perf65;
    }

    private static (int ExitCode, byte[] Output) TryRun(string file, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            using MemoryStream output = new();
            process.StandardOutput.BaseStream.CopyTo(output);
            process.WaitForExit();
            return (process.ExitCode, output.ToArray());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (-1, []);
        }
    }
}
