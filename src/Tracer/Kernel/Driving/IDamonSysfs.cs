namespace Damon.Trace.Tracer.Kernel.Driving;

/// <summary>
/// The files of DAMON's sysfs interface (Documentation/admin-guide/mm/damon/usage.rst), by their paths below <c>kdamonds</c>. They belong to
/// the whole machine: everything that writes goes through here, so that a test can count the writes.
/// </summary>
internal interface IDamonSysfs
{
    /// <summary>Whether there is such a file or directory.</summary>
    bool Exists(string path);

    /// <summary>The text of a file without its newline; null when it is not there or cannot be read.</summary>
    string? Read(string path);

    /// <summary>Writes a file that exists: 0 or -errno.</summary>
    int Write(string path, string text);

    /// <summary>A number that no other directory has had since the machine started; 0 when there is no such directory.</summary>
    ulong Identity(string directory);
}
