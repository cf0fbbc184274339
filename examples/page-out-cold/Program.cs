// Pages out what another process has not used for two seconds, for some seconds: page-out-cold PID SECONDS, as root.
using Damon.Trace.Tracer;
using Damon.Trace.Tracer.Schemes;

using MemoryMonitor monitor = MemoryMonitor.Attach(int.Parse(args[0]));
AppliedScheme scheme = monitor.Apply(SchemeLine.Parse("4K max 0 0 2s max pageout quota=256M/1s weights=0,0,1"));
monitor.Start();
for (int second = 1; second <= int.Parse(args[1]); second++)
{
    await Task.Delay(1000);
    Console.WriteLine($"{second} s: {scheme.Activity.AppliedBytes >> 20} MiB out, {scheme.Activity.ReturnedBytes >> 20} MiB came back");
}
