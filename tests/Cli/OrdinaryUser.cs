using System.Diagnostics;

namespace Damon.Trace.Cli.Tests;

/// <summary>The user nobody, whom a test run by root becomes to show what works without privileges.</summary>
internal static class OrdinaryUser
{
    private const string Id = "65534";

    private static readonly string[] s_options = [$"--reuid={Id}", $"--regid={Id}", "--clear-groups", "--"];

    /// <summary>Skips the test unless programs of this checkout can be run as nobody.</summary>
    internal static void Require()
    {
        Assert.SkipUnless(Environment.UserName == "root", "becoming another user needs root");
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv"), "setpriv is not installed");
        for (DirectoryInfo? folder = new(Repository.Root); folder is not null; folder = folder.Parent)
        {
            bool mayEnter = folder.UnixFileMode.HasFlag(UnixFileMode.OtherExecute);
            Assert.SkipUnless(mayEnter, $"the checkout is out of reach for the user nobody: {folder.FullName} is closed to others");
        }
    }

    internal static ToolProcess StartTool(params string[] arguments) =>
        ToolProcess.Start("setpriv", [.. s_options, Repository.Program("damon-trace"), .. arguments]);

    /// <summary>Starts a program of the checkout with its output to be read.</summary>
    internal static Process Start(string program, params string[] arguments) =>
        Process.Start(new ProcessStartInfo("setpriv", [.. s_options, Repository.Program(program), .. arguments]) { RedirectStandardOutput = true })!;
}
