/*
 * A program of which is known what it uses. Prints a line of key=value a second.
 *
 *   workload prcl FOLDER HOT_MB COLD_MB SECONDS SWEEP_SECONDS   two mapped files: one read at random all the time, the other never again,
 *                                                               or swept every SWEEP_SECONDS (0: never)
 *   workload ethp never|always MB HOT_MB SECONDS                anonymous memory: a dense part read at random, each read depending on the one
 *                                                               before; of the rest one page in 16, touched once
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define HUGE (2ul << 20)
#define MB (1ul << 20)
#define SPARSE 16

static volatile uint64_t sink;
static uint64_t state = 88172645463325252ull;

static uint64_t clock_ns(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static uint64_t now_ns(void) { return clock_ns(CLOCK_MONOTONIC); }

/* What others take of the processor is not in it; what a hypervisor takes for a trap of ours is. */
static uint64_t cpu_ns(void) { return clock_ns(CLOCK_THREAD_CPUTIME_ID); }

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* The sum of a key of smaps over the mappings that hold an address of [start, start + size), in KiB. */
static long smaps_kb(const char *start, size_t size, const char *key)
{
    char line[512];
    unsigned long from, to;
    long value, sum = 0;
    int inside = 0;
    FILE *file = fopen("/proc/self/smaps", "r");
    if (!file) die("/proc/self/smaps");
    while (fgets(line, sizeof line, file)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2 && strchr(line, '-') < strchr(line, ' '))
            inside = from < (unsigned long)start + size && to > (unsigned long)start;
        else if (inside && !strncmp(line, key, strlen(key)) && sscanf(line + strlen(key), ": %ld", &value) == 1)
            sum += value;
    }
    fclose(file);
    return sum;
}

static char *map_file(const char *folder, const char *name, size_t size)
{
    char path[4096];
    char *block = malloc(MB);
    snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) die(path);
    memset(block, 1, MB);
    for (size_t done = 0; done < size; done += MB)
        if (write(fd, block, MB) != (ssize_t)MB) die("write");
    fsync(fd); /* a dirty page is not reclaimed */
    char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (start == MAP_FAILED) die("mmap");
    for (size_t at = 0; at < size; at += PAGE) sink += start[at];
    free(block);
    return start;
}

static int by_value(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void prcl(const char *folder, size_t hot, size_t cold, int seconds, int sweep_seconds)
{
    enum { BATCH = 2000, MAX_BATCHES = 200000 };
    static uint32_t latencies[MAX_BATCHES];
    char *hot_file = map_file(folder, "hot", hot), *cold_file = map_file(folder, "cold", cold);
    uint64_t begin = now_ns(), next = begin + 1000000000ull, next_sweep = sweep_seconds ? begin + sweep_seconds * 1000000000ull : UINT64_MAX;
    uint64_t last = begin, last_cpu = cpu_ns();
    uint64_t longest = 0;
    long batches = 0, faults = 0;
    printf("pid=%d\n", getpid());
    for (int second = 0; second < seconds;) {
        uint64_t before = now_ns();
        for (int i = 0; i < BATCH; i++) sink += hot_file[(next_random() >> 8) % hot];
        uint64_t after = now_ns();
        if (batches < MAX_BATCHES) latencies[batches++] = after - before;
        if (after - before > longest) longest = after - before;
        if (after >= next_sweep) {
            for (size_t at = 0; at < cold; at += PAGE) sink += cold_file[at];
            printf("sweep_ms=%.1f\n", (now_ns() - after) / 1e6);
            next_sweep += sweep_seconds * 1000000000ull;
            after = now_ns();
        }
        if (after < next) continue;
        struct rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        uint64_t cpu = cpu_ns() - last_cpu;
        qsort(latencies, batches, sizeof *latencies, by_value);
        printf("second=%d mops=%.3f cpu_mops=%.3f p99_us=%.1f longest_us=%.1f hot_kb=%ld cold_kb=%ld faults=%ld\n", ++second,
               batches * (double)BATCH * 1e3 / (after - last), batches * (double)BATCH * 1e3 / cpu, latencies[batches * 99 / 100] / 1e3, longest / 1e3,
               smaps_kb(hot_file, hot, "Rss"), smaps_kb(cold_file, cold, "Rss"), usage.ru_minflt + usage.ru_majflt - faults);
        faults = usage.ru_minflt + usage.ru_majflt;
        batches = 0;
        longest = 0;
        last_cpu = cpu_ns();
        last = now_ns();
        next = last + 1000000000ull;
    }
}

static void ethp(int always, size_t size, size_t hot, int seconds)
{
    enum { BATCH = 4000 };
    char *reserved = mmap(NULL, size + HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reserved == MAP_FAILED) die("mmap");
    char *memory = (char *)(((uintptr_t)reserved + HUGE - 1) & ~(HUGE - 1));
    if (always && madvise(memory, size, MADV_HUGEPAGE)) die("madvise");
    for (size_t at = 0; at < hot; at += 8) *(uint64_t *)(memory + at) = next_random();
    for (size_t at = hot; at < size; at += SPARSE * PAGE) memory[at] = 1;
    printf("pid=%d\n", getpid());
    uint64_t last = cpu_ns(), next = now_ns() + 1000000000ull, x = 1, reads = 0;
    for (int second = 0; second < seconds;) {
        for (int i = 0; i < BATCH; i++) x = x * 6364136223846793005ull + *(uint64_t *)(memory + (x >> 20) % (hot / 64) * 64) + 1442695040888963407ull;
        reads += BATCH;
        if (now_ns() < next) continue;
        printf("second=%d ns=%.2f rss_kb=%ld huge_kb=%ld\n", ++second, (double)(cpu_ns() - last) / reads, smaps_kb(memory, size, "Rss"),
               smaps_kb(memory, size, "AnonHugePages"));
        reads = 0;
        last = cpu_ns();
        next = now_ns() + 1000000000ull;
    }
    sink = x;
}

int main(int count, char **words)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (count == 7 && !strcmp(words[1], "prcl"))
        prcl(words[2], atol(words[3]) * MB, atol(words[4]) * MB, atoi(words[5]), atoi(words[6]));
    else if (count == 6 && !strcmp(words[1], "ethp"))
        ethp(!strcmp(words[2], "always"), atol(words[3]) * MB, atol(words[4]) * MB, atoi(words[5]));
    else
        return fprintf(stderr, "usage: workload prcl FOLDER HOT_MB COLD_MB SECONDS SWEEP_SECONDS | ethp never|always MB HOT_MB SECONDS\n"), 1;
    return 0;
}
