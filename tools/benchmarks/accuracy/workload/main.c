/*
 * A process whose memory accesses are known exactly: the truth that recordings are compared with.
 *
 * Prints "ready PID" when all memory is populated, "progress NOW_NS PAGES CPU_NS" on SIGUSR1, and at the end (SIGTERM) the truth:
 *   map START END                   a mapping all accesses to which are told here (decimal addresses)
 *   hot BEGIN_NS END_NS START END   touched over and over in this time
 *   sweep BEGIN_NS END_NS START END every page touched once in this time
 *   count NOW_NS NOW_NS N PAGES     so far N touches of single pages, no page again before all PAGES were touched
 *   gap BEGIN_NS END_NS 0 0         a sweep began, and the next one not before 2 ms later: the machine was busy, or the sweep is long
 *   end
 * With --bit-cost it prints what it costs to touch a page whose accessed bit was cleared, in ns, and ends: some 10 where the CPU walks the
 * page tables itself, thousands where a hypervisor keeps shadow page tables.
 * All times are CLOCK_MONOTONIC. Exit code 3: the machine cannot do what was asked for; stderr says why.
 */
#define _GNU_SOURCE
#include "workload.h"
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_THREADS 64
#define MAX_PROCESSES 64

static volatile sig_atomic_t stop, tell;
static atomic_ulong touched[MAX_THREADS];
static struct options options = { .size = 512ul << 20, .hot = 32ul << 20, .processes = 1, .threads = 1, .pause_ns = 500000, .file = "workload.data" };
static struct memory memory;
static pid_t children[MAX_PROCESSES];
static int nr_children;

void die(const char *what)
{
    fprintf(stderr, "%s: %s\n", what, strerror(errno));
    exit(3);
}

long now_ns(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000l + time.tv_nsec;
}

static void on_signal(int number)
{
    if (number == SIGUSR1) tell = 1;
    else stop = 1;
}

static long cpu_ns(void)
{
    struct timespec cpu;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
    return cpu.tv_sec * 1000000000l + cpu.tv_nsec;
}

static int compare(const void *left, const void *right)
{
    long a = *(const long *)left, b = *(const long *)right;
    return (a > b) - (a < b);
}

static void write_progress(void)
{
    tell = 0; /* before the answer: who has it may ask again at once */
    unsigned long pages = 0;
    for (int i = 0; i < options.threads; i++) pages += touched[i];
    printf("progress %ld %lu %ld\n", now_ns(), pages, cpu_ns());
    fflush(stdout);
}

/* A child that does nothing: its existence alone makes private memory shared. */
static void fork_idle_child(void)
{
    pid_t child = fork();
    if (child < 0) die("fork");
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
    children[nr_children++] = child;
}

/* One thread's share of every sweep; the first thread of the first process also tells the truth. */
static void *work(void *argument)
{
    const long least_ns = 50000; /* of work between two pauses, or small hot sets would be nothing but pauses */
    const long least_gap_ns = 2000000;
    int index = (int)(intptr_t)argument;
    struct pattern pattern;
    pattern_begin(&pattern, &options, &memory, index == 0);
    long last = pattern.begin_ns, fork_at = options.fork_after_ns ? last + options.fork_after_ns : 0;
    while (!stop) {
        long now = now_ns();
        if (index == 0 && now - last > least_gap_ns) truth_add(TRUTH_GAP, last, now, 0, 0);
        last = now;
        touched[index] += pattern_step(&pattern, now);
        size_t first = pattern.nr_spans * index / options.threads, end = pattern.nr_spans * (index + 1) / options.threads;
        for (bool again = pattern.nr_spans > 0; again; again = now_ns() - now < least_ns) {
            if (pattern.nr_spans == 1) { /* threads share the one range */
                size_t pages = pattern.spans[0].size / PAGE, from = pages * index / options.threads, to = pages * (index + 1) / options.threads;
                touched[index] += touch(pattern.spans[0].start + from * PAGE, (to - from) * PAGE, options.write);
            } else {
                for (size_t i = first; i < end; i++) touched[index] += touch(pattern.spans[i].start, pattern.spans[i].size, options.write);
            }
        }
        if (index == 0 && fork_at && now >= fork_at) { fork_idle_child(); fork_at = 0; }
        if (index == 0 && tell) write_progress();
        struct timespec rest = { 0, options.pause_ns };
        nanosleep(&rest, NULL);
    }
    pattern_end(&pattern, now_ns());
    return NULL;
}

static void run_threads(void)
{
    pthread_t threads[MAX_THREADS];
    sigset_t all, old;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &old); /* signals go to the main thread */
    for (int i = 1; i < options.threads; i++) pthread_create(&threads[i], NULL, work, (void *)(intptr_t)i);
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    work(NULL);
    for (int i = 1; i < options.threads; i++) pthread_join(threads[i], NULL);
}

/* Children do what the parent does, from the first read of every page on. */
static void fork_workers(void)
{
    int ready[2];
    char byte = 0;
    if (pipe(ready) != 0) die("pipe");
    for (int i = 1; i < options.processes; i++) {
        pid_t child = fork();
        if (child < 0) die("fork");
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            touch(memory.base, memory.committed, false);
            if (write(ready[1], &byte, 1) != 1) _exit(1);
            run_threads();
            _exit(0);
        }
        children[nr_children++] = child;
    }
    for (int i = 1; i < options.processes; i++)
        if (read(ready[0], &byte, 1) != 1) die("read");
}

static void run(void)
{
    memory_create(&memory, &options);
    memory_populate(&memory, &options);
    fork_workers();
    printf("ready %d", getpid());
    for (int i = 0; i < nr_children; i++) printf(" %d", children[i]);
    printf("\n");
    fflush(stdout);
    run_threads();
    for (int i = 0; i < memory.nr_maps; i++)
        printf("map %lu %lu\n", (uintptr_t)memory.maps[i].start, (uintptr_t)memory.maps[i].start + memory.maps[i].size);
    truth_write();
    printf("end\n");
    fflush(stdout);
    for (int i = 0; i < nr_children; i++) kill(children[i], SIGKILL);
    while (wait(NULL) > 0) { }
    if (options.map == MAP_KIND_FILE) unlink(options.file);
}

/* The memory is an array on the stack, with the working frames below it. */
static void __attribute__((noinline)) run_on_stack(void)
{
    char *array = alloca(options.size + PAGE);
    char *base = (char *)(((uintptr_t)array + PAGE - 1) & ~(PAGE - 1));
    memory = (struct memory){ .maps = { { base, options.size } }, .nr_maps = 1, .base = base, .size = options.size, .committed = options.size };
    run();
}

/* Median of many: CPU time of the first touch after clear_refs (accessed bits cleared, then the TLB flushed), without that of another one. */
static int bit_cost(void)
{
    enum { rounds = 21 };
    const size_t size = 16ul << 20;
    long costs[rounds];
    options.size = size;
    memory_create(&memory, &options);
    memory_populate(&memory, &options);
    int clear = open("/proc/self/clear_refs", O_WRONLY);
    if (clear < 0) die("clear_refs");
    for (int i = 0; i < rounds; i++) {
        if (pwrite(clear, "1", 1, 0) != 1 || pwrite(clear, "4", 1, 0) != 1) die("clear_refs");
        long first = cpu_ns();
        touch(memory.base, size, false);
        long again = cpu_ns();
        touch(memory.base, size, false);
        costs[i] = (2 * again - first - cpu_ns()) / (long)(size / PAGE);
    }
    qsort(costs, rounds, sizeof *costs, compare);
    printf("%ld\n", costs[rounds / 2]);
    return 0;
}

static long number(const char *text)
{
    char *end;
    long value = strtol(text, &end, 10);
    switch (*end) {
    case 'K': return value << 10;
    case 'M': return value << 20;
    case 'G': return value << 30;
    case 'T': return value << 40;
    case 'u': return value * 1000;
    case 'm': return value * 1000000;
    case 's': return value * 1000000000;
    default: return value;
    }
}

static int choice(const char *text, const char *const *names)
{
    size_t length = strcspn(text, ":");
    for (int i = 0; names[i] != NULL; i++)
        if (strlen(names[i]) == length && strncmp(text, names[i], length) == 0) return i;
    fprintf(stderr, "unknown: %s\n", text);
    exit(1);
}

static void parse(int argc, char **argv)
{
    static const char *const maps[] = { "anon", "shared", "memfd", "file", "hugetlb", "stack", NULL };
    static const char *const patterns[] = { "solid", "stride", "random", "walk", "stairs", "zigzag", "fresh", "grow", "shrink", "rates", NULL };
    static const struct option names[] = {
        { "map", 1, 0, 'm' }, { "size", 1, 0, 's' }, { "hot", 1, 0, 'h' }, { "pattern", 1, 0, 'p' }, { "lock", 0, 0, 'l' },
        { "noreserve", 0, 0, 'n' }, { "thp", 0, 0, 't' }, { "write", 0, 0, 'w' }, { "mappings", 1, 0, 'M' }, { "processes", 1, 0, 'P' },
        { "threads", 1, 0, 'T' }, { "fork-after", 1, 0, 'f' }, { "pause", 1, 0, 'u' }, { "file", 1, 0, 'F' }, { 0 } };
    for (int name; (name = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (name) {
        case 'm': options.map = choice(optarg, maps); break;
        case 's': options.size = number(optarg); break;
        case 'h': options.hot = number(optarg); break;
        case 'p':
            options.pattern = choice(optarg, patterns);
            if (strchr(optarg, ':')) options.argument = number(strchr(optarg, ':') + 1);
            break;
        case 'l': options.lock = true; break;
        case 'n': options.noreserve = true; break;
        case 't': options.thp = true; break;
        case 'w': options.write = true; break;
        case 'M': options.mappings = number(optarg); break;
        case 'P': options.processes = number(optarg); break;
        case 'T': options.threads = number(optarg); break;
        case 'f': options.fork_after_ns = number(optarg); break;
        case 'u': options.pause_ns = number(optarg); break;
        case 'F': options.file = optarg; break;
        default: exit(1);
        }
    }
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--bit-cost") == 0) return bit_cost();
    parse(argc, argv);
    struct sigaction action = { .sa_handler = on_signal };
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGUSR1, &action, NULL);
    prctl(PR_SET_TIMERSLACK, 1);
    if (options.map == MAP_KIND_STACK) run_on_stack();
    else run();
    return 0;
}
