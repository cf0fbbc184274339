using System.CommandLine;

namespace Damon.Trace.Cli.Report;

/// <summary><c>-o FILE.svg|FILE.png</c> of a report: the same as a picture.</summary>
internal static class PictureOption
{
    private static readonly Option<string?> s_picture = new("--picture", "-o")
    {
        Description = "Write a picture instead: FILE.svg, or FILE.png where rsvg-convert or chromium is installed.",
        HelpName = "FILE",
    };

    private static readonly Option<bool> s_dark = new("--dark") { Description = "With -o: a picture for a dark ground." };

    /// <summary>Gives a command the options.</summary>
    internal static void AddTo(Command command)
    {
        command.Add(s_picture);
        command.Add(s_dark);
    }

    /// <summary>Writes the picture if one was asked for.</summary>
    /// <param name="parse">The command line.</param>
    /// <param name="draw">Draws it as SVG for a dark ground or not; false when there is nothing to draw.</param>
    /// <returns>Whether one was asked for.</returns>
    internal static bool TryWrite(ParseResult parse, Func<bool, TextWriter, bool> draw)
    {
        if (parse.GetValue(s_picture) is not { } path)
        {
            return false;
        }

        bool dark = parse.GetValue(s_dark);
        switch (Path.GetExtension(path))
        {
            case ".svg":
                ReportOutput.Write(path, output => draw(dark, output));
                return true;
            case ".png":
                PngPicture.Write(path, output => draw(dark, output));
                return true;
            default:
                throw new UserErrorException($"'{path}' is not a picture", "name it FILE.svg or FILE.png", ExitCode.Usage);
        }
    }
}
