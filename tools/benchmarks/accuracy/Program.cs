using System.Globalization;
using System.Text.RegularExpressions;
using Damon.Trace.Accuracy;
using Damon.Trace.Accuracy.Programs;

const string Usage = """
    usage: accuracy [--rows PATTERN] [--settings D,F,B] [--repeat N] [--decisive] [--json] [--damon-trace PROGRAM]
           accuracy --table FILE...
    Records workloads that know what they touch and prints how far the recordings are from it.
      --rows      rows whose names match this regular expression, e.g. '^(locked|shared-4)$'; default: all
      --settings  D: the defaults, F: --sample 5ms --aggr 100ms, B: --cpu-budget 1%, T: --cpu-budget 0.1%;
                  default: D
      --repeat    recordings a row; the table has the medians. Default: 1
      --decisive  only the rows that decide, for a quick look
      --json      a JSON object a line, with every recording
      --table     measures nothing: reads such lines, however many for each row, and prints their table
    """;

string pattern = "";
string settings = "D";
int repeat = 1;
bool decisive = false;
bool json = false;
string recorder = Path.Combine(AppContext.BaseDirectory, "..", "..", "damon-trace", Path.GetFileName(AppContext.BaseDirectory.TrimEnd('/')), "damon-trace");
for (int i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--rows" when i + 1 < args.Length: pattern = args[++i]; break;
        case "--settings" when i + 1 < args.Length: settings = args[++i]; break;
        case "--repeat" when i + 1 < args.Length: repeat = int.Parse(args[++i], CultureInfo.InvariantCulture); break;
        case "--damon-trace" when i + 1 < args.Length: recorder = args[++i]; break;
        case "--decisive": decisive = true; break;
        case "--json": json = true; break;
        case "--table" when i == 0 && args.Length > 1: return PrintTable(args[1..]);
        default:
            Console.Error.WriteLine(Usage);
            return 1;
    }
}

string[] names = settings.Split(',');
ProgramRow[] programs = [.. ProgramRow.All.Where(row => Regex.IsMatch(row.Name, pattern) && !decisive)];
Row[] rows = [.. Rows.All.Where(row => Regex.IsMatch(row.Name, pattern) && (!decisive || row.IsDecisive))];
Setting[] chosen = [.. Setting.All.Where(setting => names.Contains(setting.Name))];
if (rows.Length + programs.Length == 0 || chosen.Length != names.Length)
{
    Console.Error.WriteLine($"accuracy: no row matches {pattern}, or no such setting: {settings}\nhint: {string.Join(' ', Rows.All.Select(row => row.Name).Concat(ProgramRow.All.Select(row => row.Name)))}");
    return 1;
}

var table = new Table(Console.Out, json);
if (rows.Length > 0)
{
    string workload = WorkloadProgram.Build();
    var measurement = new Measurement(workload, recorder);
    table.WriteBitCost(WorkloadProgram.BitCost(workload));
    table.WriteHeader();
    foreach (Row row in rows)
    {
        OrNotPossible(row.Name, row.Title, setting => table.Write(row, setting.Name, [.. Repeat(() => measurement.Run(row, setting))]));
    }
}

if (programs.Length > 0)
{
    var measurement = new ProgramMeasurement(recorder);
    table.WriteProgramHeader();
    foreach (ProgramRow row in programs)
    {
        OrNotPossible(row.Name, row.Title, setting => table.Write(row, setting.Name, [.. Repeat(() => measurement.Run(row, setting))]));
    }
}

return 0;

int PrintTable(string[] paths)
{
    try
    {
        new Table(Console.Out, json: false).Write(ResultLine.ReadAll(paths));
        return 0;
    }
    catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException)
    {
        Console.Error.WriteLine($"accuracy: {error.Message}");
        return 1;
    }
}

IEnumerable<T> Repeat<T>(Func<T> measure) => Enumerable.Range(0, repeat).Select(_ => measure());

void OrNotPossible(string name, string title, Action<Setting> measure)
{
    try
    {
        Array.ForEach(chosen, measure);
    }
    catch (NotPossibleException reason)
    {
        table.WriteNotPossible(name, title, reason.Message);
    }
}
