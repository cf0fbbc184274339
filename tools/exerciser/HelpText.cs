namespace Damon.Trace.Exerciser;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    internal const string Text = """
        exerciser: a memory workload that knows the truth about itself.

        One anonymous mapping, laid out [hot | warm | cold], outside of the runtime's heap:
          hot    touched all the time, eight cache lines of each page in every sweep
          warm   one cache line of each page once a period
          cold   touched once at start, then never again
        The other mappings (--static-rss, --mmaps, --mlock, --shared) are touched once at start as well; each lies alone between
        unmapped pages.

        Sizes: bytes, or with K, M, G (1024). Durations: ns, us, ms, s, m; a plain number is microseconds.

          --size SIZE          the mapping                                                       (512M)
          --hot SIZE           its hot part                                         (size / 16 = 32M)
          --warm SIZE          its warm part, after the hot one                      (size / 8 = 64M)
          --warm-period TIME   from the begin of one warm sweep to the next                      (1s)
          --duration TIME      after the memory was populated; 0 = until SIGTERM or SIGINT       (20s)
          --pattern ORDER      sequential or random; random still visits each page once a sweep  (sequential)
          --access KIND        read, write or both (read and write back)                         (read)
          --pages KIND         4k or huge; huge rounds the sizes up to 2M                        (4k)
          --threads N          threads that share the hot sweep; the first also does the warm    (1)
          --phase-shift TIME   move the hot range: its place, then slice by slice through the
                               cold part, then back; 0 = never                                   (0)
          --throttle TIME      sleep after each hot sweep, to leave the CPU to others            (0)
          --static-rss SIZE    idle memory beside                                                (0)
          --mmaps N            small mappings of one page, rw and r in turn                      (0)
          --mlock SIZE         locked memory                                                     (0)
          --shared SIZE        shared memory, mapped twice                                       (0)
          --drop-hot yes|no    give the hot pages back before each sweep, so that it faults all of them in anew  (no)
          --offer-userfaultfd yes|no   open a userfaultfd for a monitor of written pages to take          (no)
          --managed SIZE       idle objects in the runtime's heap, half of them one large one, and a little
                               garbage that makes it collect; needs a larger heap,
                               e.g. DOTNET_GCHeapHardLimit=10000000 (hexadecimal, 256 MiB)       (0)
          --collect yes|no     let that garbage be collected without a pause, one generation after the other  (no)
          --help

        Output: two lines of JSON on stdout. The first comes when all memory is populated ("event":"ready", with pid, base and ranges),
        the second at the end ("event":"truth": ranges, when the hot range was where, begin and end of every warm sweep, counts,
        throughput). All times are CLOCK_MONOTONIC in ns.
        SIGUSR1 prints what was done so far, as a line of its own ("event":"progress").
        SIGTERM and SIGINT end the run early, with the truth. Exit code 1: something asked for is not possible.

        """;
}
