// What a tick of a thread's clock, by which 'who --by instructions' looks, costs the thread: by the gaps that a loop sees, and by the work it loses.
//
// gcc -O1 tick.c && ./a.out: for memory that the loop reads and periods of the clock, microseconds a tick: mean of the middle half (quartiles) of
// 60 pieces of 20 ms with the clock, each held against those before and after it. The clock's samples are those of ThreadClock.cs.
#define _GNU_SOURCE
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

enum { PIECES = 60, LINE = 64, RING = 1 << 20, MOST = 32 << 20 };
static const double PIECE_NS = 20e6, SHORTEST_NS = 1e3, LONGEST_NS = 200e3;
static double ns_per_cycle;
static char *memory;
static long at;

struct piece { double work, gaps, cpu_ns; };

static long now(clockid_t clock)
{
    struct timespec time;
    clock_gettime(clock, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static struct piece run(long bytes)
{
    struct piece piece = {0};
    long began = now(CLOCK_THREAD_CPUTIME_ID);
    unsigned long before = __rdtsc(), end = before + (unsigned long)(PIECE_NS / ns_per_cycle);
    while (before < end) {
        if (bytes > 0) {
            (void)*(volatile char *)(memory + at);
            at = (at + LINE) % bytes;
        }
        unsigned long after = __rdtsc();
        double gap = (after - before) * ns_per_cycle;
        before = after;
        piece.work++;
        if (gap > SHORTEST_NS && gap < LONGEST_NS) piece.gaps += gap;
    }
    piece.cpu_ns = now(CLOCK_THREAD_CPUTIME_ID) - began;
    return piece;
}

static int compare(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

static void print(const char *how, double *costs)
{
    double sum = 0;
    qsort(costs, PIECES, sizeof *costs, compare);
    for (int i = PIECES / 4; i < PIECES * 3 / 4; i++) sum += costs[i];
    printf(", by %s %.1f us (%.1f .. %.1f)", how, sum / (PIECES / 2), costs[PIECES / 4], costs[PIECES * 3 / 4]);
}

static void measure(long bytes, double period_ns)
{
    struct perf_event_attr clock = {
        .type = PERF_TYPE_SOFTWARE, .size = sizeof clock, .config = PERF_COUNT_SW_CPU_CLOCK, .sample_period = (unsigned long)period_ns, .disabled = 1,
        .sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME | PERF_SAMPLE_CALLCHAIN | PERF_SAMPLE_REGS_USER, .exclude_kernel = 1, .exclude_hv = 1,
        .watermark = 1, .wakeup_watermark = ~0u, .use_clockid = 1, .clockid = CLOCK_MONOTONIC, .sample_regs_user = 0xff01ff, .sample_max_stack = 24,
    };
    int event = (int)syscall(SYS_perf_event_open, &clock, 0, -1, -1, 0);
    struct perf_event_mmap_page *ring = mmap(NULL, 4096 + RING, PROT_READ | PROT_WRITE, MAP_SHARED, event, 0);
    if (event < 0 || ring == MAP_FAILED) exit(1);
    double by_gaps[PIECES], by_work[PIECES];
    struct piece without = run(bytes);
    for (int i = 0; i < PIECES; i++) {
        ioctl(event, PERF_EVENT_IOC_ENABLE, 0);
        struct piece with = run(bytes);
        ioctl(event, PERF_EVENT_IOC_DISABLE, 0);
        ring->data_tail = ring->data_head;
        struct piece after = run(bytes);
        double rate = (without.work / without.cpu_ns + after.work / after.cpu_ns) / 2;
        double gaps = (without.gaps / without.cpu_ns + after.gaps / after.cpu_ns) / 2;
        by_work[i] = (1 - with.work / with.cpu_ns / rate) * period_ns / 1e3;
        by_gaps[i] = (with.gaps / with.cpu_ns - gaps) * period_ns / 1e3;
        without = after;
    }
    printf("%2ld MB, a tick in %.2f ms", bytes >> 20, period_ns / 1e6);
    print("gaps", by_gaps);
    print("work", by_work);
    printf("\n");
    munmap(ring, 4096 + RING);
    close(event);
}

int main(void)
{
    long began = now(CLOCK_MONOTONIC);
    unsigned long cycles = __rdtsc();
    usleep(100000);
    ns_per_cycle = (now(CLOCK_MONOTONIC) - began) / (double)(__rdtsc() - cycles);
    memory = mmap(NULL, MOST, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(memory, MOST, MADV_NOHUGEPAGE);
    memset(memory, 1, MOST);
    for (long bytes = 0; bytes <= MOST; bytes = bytes == 0 ? 1 << 20 : bytes == 1 << 20 ? 8 << 20 : bytes * 4) {
        measure(bytes, 250e3);
        measure(bytes, 1e6);
        measure(bytes, 2.8e6);
    }
}
