namespace Damon.Trace.Accuracy;

/// <summary>All workloads with known truth.</summary>
internal static class Rows
{
    private const long GiB = 1L << 30;

    internal static IReadOnlyList<Row> All { get; } =
    [
        new("shared-4", "32 MB of 200 MB, shared by 4 processes, one recorded", "--map shared --size 200M --hot 32M --processes 4")
        {
            IsDecisive = true,
            IsSwept = true,
        },
        new("shared-4-all", "32 MB of 200 MB, shared by 4 processes, all 4 recorded", "--map shared --size 200M --hot 32M --processes 4") { RecordsChildren = true, IsSwept = true },
        new("locked", "16 MB of 100 MB, mlocked", "--size 100M --hot 16M --lock") { IsDecisive = true, IsSwept = true },
        new("forked", "16 MB of 100 MB, private, after fork with 3 reading children", "--size 100M --hot 16M --processes 4")
        {
            IsDecisive = true,
            IsSwept = true,
        },
        new("fork-mid-run", "8 MB of 64 MB, private, a fork in mid-run", "--size 64M --hot 8M --fork-after 4s") { IsSwept = true },
        new("memfd-twice", "16 MB of 100 MB of a memfd mapped twice", "--map memfd --size 100M --hot 16M") { IsSwept = true },
        new("hugetlb", "8 MB of 64 MB hugetlb", "--map hugetlb --size 64M --hot 8M"),
        new("stack", "4 MB of a stack of 6 MB", "--map stack --size 6M --hot 4M"),
        new("64K-200M", "64 KB of 200 MB", "--size 200M --hot 64K", 30),
        new("64K-512M", "64 KB of 512 MB", "--size 512M --hot 64K", 30),
        new("64K-4G", "64 KB of 4 GB", "--size 4G --hot 64K", 30) { Bytes = 4 * GiB },
        new("256K-512M", "256 KB of 512 MB", "--size 512M --hot 256K", 12) { IsDecisive = true },
        new("1M-512M", "1 MB of 512 MB", "--size 512M --hot 1M"),
        new("4M-512M", "4 MB of 512 MB", "--size 512M --hot 4M"),
        new("32M-512M", "32 MB of 512 MB", "--size 512M --hot 32M"),
        new("1M-4G", "1 MB of 4 GB", "--size 4G --hot 1M", 20) { Bytes = 4 * GiB },
        new("4M-4G", "4 MB of 4 GB", "--size 4G --hot 4M", 20) { Bytes = 4 * GiB },
        new("32M-4G", "32 MB of 4 GB", "--size 4G --hot 32M", 20) { Bytes = 4 * GiB },
        new("1G-4G", "1 GB of 4 GB", "--size 4G --hot 1G", 20) { Bytes = 4 * GiB },
        new("4M-16G", "4 MB of 16 GB", "--size 16G --hot 4M", 30) { Bytes = 16 * GiB },
        new("1G-16G", "1 GB of 16 GB", "--size 16G --hot 1G", 30) { Bytes = 16 * GiB },
        new("random-25", "25 % of the pages of 64 MB, random, fixed", "--size 64M --pattern random:25") { IsDecisive = true },
        new("stride-16", "every 16th page of 64 MB", "--size 64M --pattern stride:16") { IsDecisive = true },
        new("walk-2", "other 2 % of the pages of 325 MB each 100 ms", "--size 325M --pattern walk:2"),
        new("rates", "3 x 16 MB of 512 MB at 10, 1 and 0.1 Hz", "--size 512M --hot 16M --pattern rates", 30),
        new("stairs", "32 MB of 512 MB that move on every 2 s", "--size 512M --hot 32M --pattern stairs:2s", 20),
        new("zigzag", "32 MB of 256 MB, up and down, every 1 s", "--size 256M --hot 32M --pattern zigzag:1s", 20),
        new("growing", "newest 8 MB of a heap that grows by 1 MB each 250 ms", "--size 256M --hot 8M --pattern grow:250m", 15),
        new("shrinking", "last 8 MB of a heap that shrinks by 1 MB each 250 ms", "--size 160M --hot 8M --pattern shrink:250m", 15),
        new("fresh-256K", "freshly faulted 256 KB of 200 MB, others every 3 s", "--size 200M --hot 256K --pattern fresh:3s --write", 30),
        new("sparse-1T", "64 MB of 1 TB MAP_NORESERVE", "--size 1T --noreserve --hot 64M --write") { IsDecisive = true },
        new("mappings-10000", "32 MB of 512 MB beside 10,000 mappings", "--size 512M --hot 32M --mappings 10000"),
        new("thp", "32 MB of 512 MB in huge pages", "--size 512M --hot 32M --thp"),
        new("mthp", "32 MB of 512 MB in folios of 16 kB to 1 MB", "--size 512M --hot 32M --thp") { NeedsMultiSizeFolios = true },
        new("file", "32 MB of a file of 256 MB, read", "--map file --size 256M --hot 32M"),
        new("threads-8", "32 MB of 512 MB by 8 threads", "--size 512M --hot 32M --threads 8"),
    ];
}
