using Damon.Trace.Fuzz;
using SharpFuzz;

const string Usage = """
    usage: fuzz READER              what afl-fuzz starts; tools/fuzz/run does that
           fuzz READER FILE...      reads these, e.g. what afl-fuzz found: one line each
           fuzz --instrument DLL... puts the counters of branches into assemblies
           fuzz --list              the readers
    """;

switch (args)
{
    case ["--list"]:
        Console.WriteLine(string.Join('\n', Readers.All.Keys));
        return 0;
    case ["--instrument", .. var assemblies] when assemblies.Length > 0:
        foreach (string assembly in assemblies)
        {
            Fuzzer.Instrument(assembly, static _ => true, Options.Value);
        }

        return 0;
    case [var name] when Readers.All.TryGetValue(name, out Func<byte[], string>? read):
        Fuzzer.OutOfProcess.Run((Stream input) => _ = read(ToArray(input)));
        return 0;
    case [var name, .. var files] when Readers.All.TryGetValue(name, out Func<byte[], string>? read):
        foreach (string file in files)
        {
            Console.WriteLine($"{file}: {Readers.Try(read, File.ReadAllBytes(file))}");
        }

        return 0;
    default:
        Console.Error.WriteLine(Usage);
        return 2;
}

static byte[] ToArray(Stream input)
{
    using var copy = new MemoryStream();
    input.CopyTo(copy);
    return copy.ToArray();
}
