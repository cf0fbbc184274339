using Damon.Trace.Tracer.Symbols.Parts;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;

namespace Damon.Trace.Cli.Names;

/// <summary>
/// Parts of the files that a target maps. Each is read once, through /proc/PID/map_files or /proc/PID/root, so that it is the target's file and not
/// another one of that name.
/// </summary>
/// <param name="saysFile">Labels begin with the name of the file: where they are told without the mapping.</param>
internal sealed class MappedFiles(bool saysFile) : INameSource
{
    private readonly Lock _asking = new();
    private readonly Dictionary<(ulong Inode, string Name), IReadOnlyList<FilePart>> _known = [];

    /// <inheritdoc/>
    public string Kind => "files";

    /// <inheritdoc/>
    public bool Knows(IReadOnlyList<Mapping> mappings) => mappings.Any(static mapping => IsFile(mapping));

    /// <inheritdoc/>
    public IReadOnlyList<NamedRange> Read(TargetProcess process, IReadOnlyList<Mapping> mappings, out long cpuNs)
    {
        cpuNs = 0;
        lock (_asking)
        {
            return LabelRanges.Join(mappings.Where(static mapping => IsFile(mapping)).SelectMany(mapping => LabelRanges.OfFile(mapping, PartsOf(process, mapping))));
        }
    }

    private static bool IsFile(in Mapping mapping) => mapping.Inode != 0 && mapping.Name.StartsWith('/')
        && !mapping.Name.StartsWith("/dev/", StringComparison.Ordinal) && !mapping.Name.EndsWith(" (deleted)", StringComparison.Ordinal)
        && !mapping.Name.StartsWith("/memfd:", StringComparison.Ordinal) && !mapping.Name.StartsWith("/SYSV", StringComparison.Ordinal);

    private IReadOnlyList<FilePart> PartsOf(TargetProcess process, in Mapping mapping)
    {
        if (_known.TryGetValue((mapping.Inode, mapping.Name), out IReadOnlyList<FilePart>? known))
        {
            return known;
        }

        IReadOnlyList<FilePart> parts = [];
        foreach (string path in (string[])[$"/proc/{process.Pid}/map_files/{mapping.Start:x}-{mapping.End:x}", $"/proc/{process.Pid}/root{mapping.Name}"])
        {
            try
            {
                using SafeFileHandle file = File.OpenHandle(path);
                parts = FileParts.Read(file);
                if (saysFile)
                {
                    string name = Path.GetFileName(mapping.Name);
                    parts = [.. parts.Select(part => part with { Name = $"{name} {part.Name}" })];
                }

                break;
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
            {
                // Unmapped since, or not ours to read: the other way, or no names for this file.
            }
        }

        _known[(mapping.Inode, mapping.Name)] = parts;
        return parts;
    }
}
