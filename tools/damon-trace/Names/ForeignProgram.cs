using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Damon.Trace.Tracer.Targets;

namespace Damon.Trace.Cli.Names;

/// <summary>
/// Runs a program that was installed for just that, psql or jcmd, and takes what it prints: for a bounded time, of a bounded length. As root it runs as
/// the user of the target where that is another one, so that it can do no more than that user, and servers that ask who is there know it.
/// </summary>
internal static class ForeignProgram
{
    private const int MaxBytes = 256 << 20;

    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>Its output, line by line; CPU time in nanoseconds that it took, to a hundredth of a second.</summary>
    /// <exception cref="UserErrorException">It is not installed, takes too long, or fails: with its own first line.</exception>
    internal static (string Output, long CpuNs) Run(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> environment, uint? asUser, uint? asGroup, string hint)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        if (asUser is uint user && asGroup is uint group && user != 0 && Environment.IsPrivilegedProcess)
        {
            start.FileName = "setpriv";
            foreach (string word in (string[])[$"--reuid={user}", $"--regid={group}", "--clear-groups", program])
            {
                start.ArgumentList.Add(word);
            }
        }
        else
        {
            start.FileName = program;
        }

        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        long before = ChildrenCpuNs();
        string output = Await(start, program, hint);
        return (output, ChildrenCpuNs() - before);
    }

    private static string Await(ProcessStartInfo start, string program, string hint)
    {
        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync();
            Task<string?> output = ReadAsync(process.StandardOutput);
            if (!output.Wait(s_patience) || output.Result is null || !process.WaitForExit(s_patience))
            {
                process.Kill(entireProcessTree: true);
                throw new UserErrorException($"{program} does not end, or says too much", hint, ExitCode.NoAccessCheck);
            }

            string problem = error.Result.Split('\n')[0].Trim();
            return process.ExitCode == 0
                ? output.Result
                : throw new UserErrorException($"{program}: {SafeText.FromUtf8(System.Text.Encoding.UTF8.GetBytes(problem))}", hint, ExitCode.NoAccessCheck);
        }
        catch (Win32Exception)
        {
            throw new UserErrorException($"{start.FileName} is not installed here, or not in PATH", hint, ExitCode.NoAccessCheck);
        }
    }

    private static async Task<string?> ReadAsync(StreamReader reader)
    {
        var text = new System.Text.StringBuilder();
        char[] buffer = new char[1 << 16];
        int read;
        while ((read = await reader.ReadAsync(buffer).ConfigureAwait(false)) > 0)
        {
            text.Append(buffer, 0, read);
            if (text.Length > MaxBytes)
            {
                return null;
            }
        }

        return text.ToString();
    }

    /// <summary>proc_pid_stat(5): cutime and cstime, fields 16 and 17, of children that have ended.</summary>
    private static long ChildrenCpuNs()
    {
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        const long NsPerTick = 10_000_000;
        return (long.Parse(fields[13], CultureInfo.InvariantCulture) + long.Parse(fields[14], CultureInfo.InvariantCulture)) * NsPerTick;
    }
}
