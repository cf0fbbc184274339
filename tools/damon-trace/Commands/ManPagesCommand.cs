using System.CommandLine;
using System.Text;
using Damon.Trace.Cli.Help;

namespace Damon.Trace.Cli.Commands;

/// <summary><c>damon-trace man-pages FOLDER</c>, for who packages it: writes the manual page of every command.</summary>
internal static class ManPagesCommand
{
    internal static Command Create(RootCommand root)
    {
        var folder = new Argument<string>("FOLDER") { Description = "Where to write damon-trace.1 and a page for each command." };
        var command = new Command("man-pages", "Write the manual pages.") { folder };
        command.Hidden = true;
        command.SetAction(parse => WriteAll(root, Directory.CreateDirectory(parse.GetRequiredValue(folder)).FullName));
        return command;
    }

    private static void WriteAll(Command command, string folder)
    {
        using (var page = new StreamWriter(Path.Combine(folder, ManPage.NameOf(command) + ".1"), false, new UTF8Encoding(false)) { NewLine = "\n" })
        {
            ManPage.Write(command, VersionCommand.Version, page);
        }

        foreach (Command sub in ManPage.VisibleCommandsOf(command))
        {
            WriteAll(sub, folder);
        }
    }
}
