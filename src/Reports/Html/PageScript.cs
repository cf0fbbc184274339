using System.Reflection;
using System.Security.Cryptography;

namespace Damon.Trace.Reports.Html;

/// <summary>What the build put into this assembly for the page: its style always, its script only where npm could fetch echarts.</summary>
internal static class PageScript
{
    /// <summary>The style sheet.</summary>
    public static string Style { get; } = Read("page.css") ?? throw new InvalidOperationException("page.css is not embedded");

    /// <summary>The charts with the library in them; null when the build had no npm.</summary>
    public static string? Charts { get; } = Read("page.js");

    /// <summary>What a content security policy calls a script: nothing else runs, whatever a name may contain.</summary>
    public static string HashOf(string script) =>
        "'sha256-" + Convert.ToBase64String(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(script))) + "'";

    private static string? Read(string name)
    {
        using Stream? stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name);
        if (stream is null)
        {
            return null;
        }

        // A script element's text has its line ends normalised before it is hashed.
        using StreamReader reader = new(stream);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
