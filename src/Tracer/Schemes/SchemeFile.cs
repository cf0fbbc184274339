using Damon.Trace.Tracer.Monitoring.Schemes;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>A file of schemes, one a line (<see cref="SchemeLine"/>); <c>#</c> begins a comment, empty lines do not count.</summary>
public static class SchemeFile
{
    // Far more than anybody writes; what is larger is another kind of file.
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the schemes of a file, at least one.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="SchemeException">It cannot be read or understood: says where, what was expected and what was found.</exception>
    public static IReadOnlyList<Scheme> Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length > MaxBytes)
            {
                throw new SchemeException($"'{path}' is larger than 1 MiB: it is no file of schemes", "a scheme is one line of text");
            }

            text = System.Text.Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SchemeException($"there is no file '{path}'", "examples/schemes has some");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SchemeException($"cannot read '{path}': {e.Message}", "check the file and its permissions");
        }

        return Parse(text, path);
    }

    /// <summary>Reads schemes from text.</summary>
    /// <param name="text">The lines.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="SchemeException">It cannot be understood.</exception>
    public static IReadOnlyList<Scheme> Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        List<Scheme> schemes = [];
        int number = 0;
        foreach (string line in text.Split('\n'))
        {
            number++;
            int comment = line.IndexOf('#', StringComparison.Ordinal);
            string scheme = comment < 0 ? line : line[..comment];
            if (string.IsNullOrWhiteSpace(scheme))
            {
                continue;
            }

            try
            {
                schemes.Add(SchemeLine.Parse(scheme.TrimEnd()));
            }
            catch (SchemeException problem)
            {
                throw new SchemeException($"{name}, line {number}: {problem.Message}", problem.Hint!);
            }
        }

        return schemes.Count > 0
            ? schemes
            : throw new SchemeException($"'{name}' has no scheme", "a scheme is a line such as: 4K max 0 0 30s max pageout");
    }
}
