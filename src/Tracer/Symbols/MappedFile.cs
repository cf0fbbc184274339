using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Win32.SafeHandles;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Symbols;

/// <summary>Opens what a process has mapped.</summary>
internal static class MappedFile
{
    private const int O_NONBLOCK = 0x800;

    /// <summary>The very file that is mapped, also when it is deleted; without the right to that, the one of its path if it is the same; else null.</summary>
    internal static SafeFileHandle? Open(TargetProcess target, in Mapping mapping)
    {
        SafeFileHandle file = target.Proc.OpenFile($"map_files/{mapping.Start:x}-{mapping.End:x}", O_RDONLY, out int errno);
        if (errno != 0)
        {
            file.Dispose();
            file = target.Proc.OpenFile("root" + mapping.Name, O_RDONLY | O_NONBLOCK, out errno);
        }

        if (errno == 0 && SysStat.Inode(file) == mapping.Inode)
        {
            return file;
        }

        file.Dispose();
        return null;
    }
}
