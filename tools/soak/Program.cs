using System.Globalization;
using Damon.Trace.Soak;

const string Usage = """
    usage: soak [--for 4h] [--rotate 2min] [--every 60] [--folder FOLDER] [--damon-trace PROGRAM] [-- OPTIONS OF record]
           soak --check FOLDER
    Records an exerciser for hours, in new files all the time. A line every so many seconds says what the recorder holds and has counted; at
    the end, which SIGTERM brings early, every file is read. Exit code 1: memory, descriptors or threads have grown, a file cannot be read,
    or a snapshot is missing or there twice.
      --check     only reads the files of an earlier run
    """;

TimeSpan duration = TimeSpan.FromHours(4);
TimeSpan every = TimeSpan.FromMinutes(1);
string rotate = "2min";
string folder = "soak";
string recorder = Bin("damon-trace");
string[] options = [];
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--for" when i + 1 < args.Length && TimeOf(args[i + 1]) is { } time: (duration, i) = (time, i + 1); break;
        case "--every" when i + 1 < args.Length && TimeOf(args[i + 1] + "s") is { } time: (every, i) = (time, i + 1); break;
        case "--rotate" when i + 1 < args.Length: rotate = args[++i]; break;
        case "--folder" when i + 1 < args.Length: folder = args[++i]; break;
        case "--damon-trace" when i + 1 < args.Length: recorder = args[++i]; break;
        case "--check" when i + 1 < args.Length && i == 0: return RecordedFiles.Check(args[1], Console.Out) ? 0 : 1;
        case "--": (options, i) = (args[(i + 1)..], args.Length); break;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

bool flat = new SoakRun(recorder, Bin("exerciser"), folder, Console.Out) { Duration = duration, Every = every, Rotate = rotate, Options = options }.Run();
bool whole = RecordedFiles.Check(folder, Console.Out);
return flat && whole ? 0 : 1;

static string Bin(string name) =>
    Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "..", "..", name, Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), name));

static TimeSpan? TimeOf(string text) => double.TryParse(text[..^1], CultureInfo.InvariantCulture, out double number)
    ? text[^1] switch { 's' => TimeSpan.FromSeconds(number), 'm' => TimeSpan.FromMinutes(number), 'h' => TimeSpan.FromHours(number), _ => null }
    : null;
