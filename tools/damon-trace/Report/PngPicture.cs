using System.ComponentModel;
using System.Diagnostics;

namespace Damon.Trace.Cli.Report;

/// <summary>
/// PNG by a program that draws SVG: docs/html-report.md says why no library does. What is asked for is drawn at twice its size, for screens
/// with fine pixels.
/// </summary>
internal static class PngPicture
{
    private static readonly string[] s_chromiums = ["chromium", "chromium-browser", "google-chrome"];

    internal static void Write(string path, Func<TextWriter, bool> draw)
    {
        DirectoryInfo folder = CreateFolder();
        using IDisposable leaving = Interruption.BeforeLeaving(() => folder.Delete(recursive: true));
        try
        {
            string svg = Path.Combine(folder.FullName, "picture.svg");
            string png = Path.Combine(folder.FullName, "picture.png");
            ReportOutput.Write(svg, draw);
            if (!ByRsvg(svg, png) && !ByChromium(svg, png, folder.FullName))
            {
                throw new UserErrorException(
                    "a PNG needs a program that draws SVG, and none was found",
                    "install librsvg2-bin (rsvg-convert) or chromium, or name the picture FILE.svg", ExitCode.OutputFailed);
            }

            using Exporters.Output.OutputFile file = Exporters.Output.OutputFile.Create(path);
            file.Stream.Write(File.ReadAllBytes(png));
            file.Complete();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static DirectoryInfo CreateFolder()
    {
        try
        {
            return Directory.CreateTempSubdirectory("damon-trace-");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new Exporters.Output.OutputException(
                $"no temporary folder can be made in {Path.GetTempPath()}: {error.Message}", Math.Max(0, error.HResult), "set TMPDIR to a directory with room");
        }
    }

    private static bool ByRsvg(string svg, string png) => Run("rsvg-convert", "--zoom", "2", "--output", png, svg) && File.Exists(png);

    private static bool ByChromium(string svg, string png, string folder)
    {
        // The first tag of the picture has its size.
        string head = File.ReadLines(svg).First();
        string[] parts = head[(head.IndexOf("viewBox=\"", StringComparison.Ordinal) + 9)..].Split('"')[0].Split(' ');
        foreach (string chromium in s_chromiums)
        {
            // --no-sandbox: its sandbox refuses root, and what it draws is our own file.
            if (Run(
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--force-device-scale-factor=2",
                $"--user-data-dir={folder}/profile", $"--window-size={parts[2]},{parts[3]}", $"--screenshot={png}", $"file://{svg}") && File.Exists(png))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False when the program is missing or fails.</summary>
    private static bool Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            process.StandardOutput.ReadToEnd();
            _ = errors.GetAwaiter().GetResult();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
