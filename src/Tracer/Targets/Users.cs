using System.Globalization;

namespace Damon.Trace.Tracer.Targets;

/// <summary>Users of /etc/passwd; those that only a directory service knows are named by number.</summary>
internal static class Users
{
    /// <summary>The number of a user given by name or number; null when there is none of that name.</summary>
    internal static uint? IdOf(string user)
    {
        if (uint.TryParse(user, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
        {
            return number;
        }

        return Find(fields => fields[0] == user) is { } found && uint.TryParse(found[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint uid)
            ? uid
            : null;
    }

    /// <summary>The name of a user; null when it has none here.</summary>
    internal static string? NameOf(uint uid) => Find(fields => fields[2] == uid.ToString(CultureInfo.InvariantCulture))?[0];

    private static string[]? Find(Func<string[], bool> isWanted)
    {
        try
        {
            return File.ReadLines("/etc/passwd").Select(static line => line.Split(':')).FirstOrDefault(fields => fields.Length > 2 && isWanted(fields));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Without the file the number has to do.
            return null;
        }
    }
}
