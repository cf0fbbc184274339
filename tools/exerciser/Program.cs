using System.Runtime.InteropServices;
using Damon.Trace.Exerciser;
using Damon.Trace.Exerciser.Linux;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.Out.Write(HelpText.Text);
    return 0;
}

// PosixSignal takes the system's own numbers as well as its names.
const PosixSignal SIGUSR1 = (PosixSignal)10;

var stop = new StopRequest();
using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
try
{
    ExerciserOptions options = OptionParser.Parse(args);
    if (options.OffersUserfaultfd)
    {
        Userfaultfd.Offer();
    }

    using ManagedHeap? heap = options.ManagedBytes > 0 ? new ManagedHeap(options.ManagedBytes, options.CollectsAlways) : null;
    var layout = new MemoryLayout(options, heap);
    using Stream output = Console.OpenStandardOutput();
    var truth = new TruthWriter(output, options, layout);
    var workload = new Workload(options, layout);
    using PosixSignalRegistration ask = PosixSignalRegistration.Create(SIGUSR1, context =>
    {
        context.Cancel = true;
        truth.WriteProgress(workload);
    });
    truth.WriteReady();
    workload.Run(stop);
    truth.WriteTruth(workload);
    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine($"exerciser: {e.Message}");
    Console.Error.WriteLine($"hint: {e.Hint}");
    return 1;
}

void OnSignal(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Request();
}
