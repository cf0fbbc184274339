using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Damon.Trace.Tracer.Linux;
using Damon.Trace.Tracer.Targets;
using Microsoft.Diagnostics.NETCore.Client;
using static Tmds.Linux.LibC;

namespace Damon.Trace.Tracer.Tracepoints;

/// <summary>
/// The diagnostic port of a .NET process: a socket in a directory that anybody can write to. The client library takes the newest whose name
/// fits, so anybody could put one there. This takes the one name the runtime gives it, by process id and start time, and only when the
/// socket belongs to the user of the process, nobody else can replace it, and the process itself answers.
/// </summary>
public static class DiagnosticPort
{
    // asm-generic/socket.h; struct ucred is pid, uid, gid.
    private const int SOL_SOCKET = 1;
    private const int SO_PEERCRED = 17;
    private const int UcredBytes = 12;

    private const string TemporaryFolderVariable = "TMPDIR=";

    /// <summary>The client of a process's port.</summary>
    /// <exception cref="ServerNotAvailableException">The process has no port, or what is in its place is not its own.</exception>
    public static DiagnosticsClient Of(int pid)
    {
        Connect(pid, out string path).Dispose();
        return DiagnosticsClientConnector.FromDiagnosticPort($"{path},connect", CancellationToken.None).GetAwaiter().GetResult().Instance;
    }

    /// <summary>A connection to a process's port: a blocking socket.</summary>
    /// <exception cref="ServerNotAvailableException">The process has no port, or what is in its place is not its own.</exception>
    internal static Socket Connect(int pid) => Connect(pid, out _);

    private static Socket Connect(int pid, out string path)
    {
        path = PathOf(pid, out uint user);
        string folder = Path.GetDirectoryName(path)!;
        if (!SysStat.IsSocketOf(path, user))
        {
            throw new ServerNotAvailableException($"process {pid} has no diagnostic port '{path}' of its own");
        }

        if (!SysStat.KeepsFilesOf(folder, user))
        {
            throw new ServerNotAvailableException($"the diagnostic port of process {pid} is in '{folder}', where others could replace it");
        }

        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return ProcessBehind(socket) is int answering && answering != pid
                ? throw new ServerNotAvailableException($"not process {pid} but {answering} answers at '{path}'")
                : socket;
        }
        catch (SocketException error)
        {
            socket.Dispose();
            throw new ServerNotAvailableException($"nobody answers at the diagnostic port '{path}': {error.Message}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Removes the port of this process, for the moment before it becomes another program: a port is not closed by that, and the next runtime
    /// of the same process would find its name taken.
    /// </summary>
    public static void RemoveOwn()
    {
        string path = PathOf(Environment.ProcessId, out uint user);
        if (SysStat.IsSocketOf(path, user))
        {
            File.Delete(path);
        }
    }

    /// <summary>The name the runtime gives its port, in the folder it takes: that of its environment and, in a container, of its root.</summary>
    private static string PathOf(int pid, out uint user)
    {
        // Our own /proc/self, not /proc/PID: procfs may be that of another PID namespace. The runtime looks up its start time by its own id.
        bool own = pid == Environment.ProcessId;
        using ProcDirectory? proc = ProcDirectory.Open(pid, out _);
        user = own ? geteuid() : 0;
        byte[] buffer = new byte[ProcStat.MaxLength];
        ProcStat stat = default;
        bool known = proc is not null && proc.Read("stat", buffer) is > 0 and int length && ProcStat.TryParse(buffer.AsSpan(0, length), out stat);
        if (!own && (!known || !ProcStatus.TryRead(proc!, "\nUid:"u8, 1, out user)))
        {
            throw new ServerNotAvailableException($"there is no process {pid}");
        }

        (string root, int inner) = own ? ("", pid) : InNamespace(pid, proc!);
        string folder = own ? Path.GetTempPath() : root + TemporaryFolderOf(proc!);
        return Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"dotnet-diagnostic-{inner}-{stat.StartTimeTicks}-socket"));
    }

    /// <summary>Where the process's files are seen from here, and the id it has for itself.</summary>
    private static (string Root, int Pid) InNamespace(int pid, ProcDirectory proc)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = Math.Max(0, proc.Read("status", buffer));
        string? line = Encoding.ASCII.GetString(buffer[..length]).Split('\n').FirstOrDefault(line => line.StartsWith("NSpid:", StringComparison.Ordinal));
        int inner = line is not null && int.TryParse(line.Split('\t')[^1], CultureInfo.InvariantCulture, out int id) ? id : pid;
        bool sameFiles = SysStat.Inode($"/proc/{pid}/root/tmp") == SysStat.Inode("/tmp") || SysStat.Inode($"/proc/{pid}/root") == 0;
        return (sameFiles ? "" : $"/proc/{pid}/root", inner);
    }

    private static string TemporaryFolderOf(ProcDirectory proc)
    {
        byte[] environment = [];
        int length = Math.Max(0, proc.ReadAll("environ", ref environment));
        string? entry = Encoding.UTF8.GetString(environment, 0, length).Split('\0')
            .FirstOrDefault(entry => entry.StartsWith(TemporaryFolderVariable, StringComparison.Ordinal));
        return entry is { Length: > 7 } ? entry[TemporaryFolderVariable.Length..] : "/tmp";
    }

    /// <summary>The process that listens at the other end, as the kernel knows it; null when it is not of our PID namespace.</summary>
    private static int? ProcessBehind(Socket socket)
    {
        byte[] credentials = new byte[UcredBytes];
        _ = socket.GetRawSocketOption(SOL_SOCKET, SO_PEERCRED, credentials);
        int pid = BinaryPrimitives.ReadInt32LittleEndian(credentials);
        return pid > 0 ? pid : null;
    }
}
