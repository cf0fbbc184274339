using Damon.Trace.Tracer.Monitoring.Schemes;
using Damon.Trace.Tracer.Schemes.Documents;

namespace Damon.Trace.Tracer.Schemes;

/// <summary>
/// A file of schemes: one a line (<see cref="SchemeLine"/>; <c>#</c> begins a comment, empty lines do not count), damo's JSON, or YAML.
/// </summary>
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
        if (Directory.Exists(path))
        {
            throw new SchemeException($"'{path}' is a folder", "name a file of schemes; examples/schemes has some");
        }

        string text;
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var bytes = new byte[MaxBytes + 1];
            int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            text = length <= MaxBytes
                ? System.Text.Encoding.UTF8.GetString(bytes, 0, length)
                : throw new SchemeException($"'{path}' is larger than 1 MiB: it is no file of schemes", "a scheme is one line of text, or an object of JSON or YAML");
        }
        catch (SchemeException)
        {
            throw; // it is an IOException as well
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
    /// <param name="text">The file.</param>
    /// <param name="name">What messages call it; its extension (.json, .yaml, .yml) says the notation, otherwise the text does.</param>
    /// <exception cref="SchemeException">It cannot be understood: line, column, what was expected, what was found.</exception>
    public static IReadOnlyList<Scheme> Parse(string text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(name);
        text = text.TrimStart('\uFEFF'); // some editors begin a file with it, and nobody sees it
        SchemeNotation notation = NotationOf(name) ?? Recognise(text);
        IReadOnlyList<Scheme> schemes;
        try
        {
            schemes = notation switch
            {
                SchemeNotation.Json => SchemeDocument.Read(JsonNodes.Read(text)),
                SchemeNotation.Yaml => SchemeDocument.Read(YamlNodes.Read(text)),
                _ => ParseLines(text),
            };
        }
        catch (SchemeException problem)
        {
            throw new SchemeException($"{name}, {problem.Message}", problem.Hint!);
        }

        return schemes.Count > 0
            ? schemes
            : throw new SchemeException($"'{name}' has no scheme", "a scheme is a line such as: 4K max 0 0 30s max pageout");
    }

    /// <summary>Writes schemes in a notation; what is written is read back with the same meaning.</summary>
    /// <param name="schemes">The schemes.</param>
    /// <param name="notation">The notation.</param>
    /// <returns>The file.</returns>
    /// <exception cref="SchemeException">The notation has no word for something: says where and what.</exception>
    public static string Write(IReadOnlyList<Scheme> schemes, SchemeNotation notation)
    {
        ArgumentNullException.ThrowIfNull(schemes);
        return notation switch
        {
            SchemeNotation.Json => JsonNodes.Write(SchemeNode.OfList(Each(schemes, new SchemeDocumentWriter(isDamos: true).Write))),
            SchemeNotation.Yaml => YamlNodes.Write(SchemeNode.OfList(Each(schemes, new SchemeDocumentWriter(isDamos: false).Write))),
            _ => string.Concat(Each(schemes, SchemeLineWriter.Write).Prepend(SchemeLineWriter.Heading).Select(static line => line + "\n")),
        };
    }

    /// <summary>The notation that the name of a file says; null: none.</summary>
    public static SchemeNotation? NotationOf(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".JSON" => SchemeNotation.Json,
        ".YAML" or ".YML" => SchemeNotation.Yaml,
        _ => null,
    };

    private static List<T> Each<T>(IReadOnlyList<Scheme> schemes, Func<Scheme, T> write)
    {
        List<T> written = [];
        for (int i = 0; i < schemes.Count; i++)
        {
            try
            {
                written.Add(schemes[i].Action != SchemeAction.Custom
                    ? write(schemes[i])
                    : throw new SchemeException("action: code of a program's own cannot be written down", "Apply it in the program"));
            }
            catch (SchemeException e)
            {
                throw new SchemeException($"scheme {i} ({schemes[i].Title}): {e.Message}", e.Hint!);
            }
        }

        return written;
    }

    private static List<Scheme> ParseLines(string text)
    {
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
                throw new SchemeException($"line {number}: {problem.Message}", problem.Hint!);
            }
        }

        return schemes;
    }

    /// <summary>JSON begins with a bracket, YAML with a dash or a key; no line of a scheme does.</summary>
    private static SchemeNotation Recognise(string text)
    {
        foreach (ReadOnlySpan<char> line in text.EnumerateLines())
        {
            ReadOnlySpan<char> first = line.Trim();
            if (first.Length == 0 || first[0] == '#')
            {
                continue;
            }

            int word = first.IndexOfAny(" \t");
            ReadOnlySpan<char> head = word < 0 ? first : first[..word];
            return first[0] is '[' or '{' ? SchemeNotation.Json
                : head is "-" or "---" || (head[^1] == ':' && char.IsAsciiLetter(head[0])) ? SchemeNotation.Yaml
                : SchemeNotation.Line;
        }

        return SchemeNotation.Line;
    }
}
