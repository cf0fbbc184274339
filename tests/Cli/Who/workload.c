// Three functions and so many threads on three ranges of memory, in shares that the program knows and prints at its end.
//
//   workload THREADS [EXEC_AFTER_MS]
//
// Every thread goes round: range 0 is read three times and written once, range 1 updated (read and written back) once and read twice, range 2
// written once and updated once. The main thread starts threads that end at once, all the time. With EXEC_AFTER_MS it also forks all the time
// (copies of pages make writes slow in the kernel, so not where CPU time is compared), and then executes itself without that argument. First line:
// pid and the ranges, hexadecimal. On SIGTERM, for each range and function: accesses, of them writes, and nanoseconds of CPU time.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Reading the clock is a system call of up to 20 us, spent outside the functions: repeats keep that below 3 % of what is measured.
enum { RANGES = 3, FUNCTIONS = 3, MAX_THREADS = 256, REPEATS = 16 };
static const long words = (1 << 20) / 8;
static volatile long *ranges[RANGES];
static volatile sig_atomic_t stopped;
static struct { long accesses, writes, ns; } truth[MAX_THREADS][RANGES][FUNCTIONS];

__attribute__((noinline)) void read_words(volatile long *a, long n) { for (long i = 0; i < n; i++) (void)a[i]; }
__attribute__((noinline)) void write_words(volatile long *a, long n) { for (long i = 0; i < n; i++) a[i] = i; }
__attribute__((noinline)) void update_words(volatile long *a, long n) { for (long i = 0; i < n; i++) a[i] = a[i] + 1; }

static long cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec * 1000000000 + now.tv_nsec;
}

__attribute__((noinline)) static void pass(int thread, int range, int function)
{
    static void (*const functions[])(volatile long *, long) = {read_words, write_words, update_words};
    long began = cpu_ns();
    for (int i = 0; i < REPEATS; i++) functions[function](ranges[range], words);
    truth[thread][range][function].ns += cpu_ns() - began;
    truth[thread][range][function].accesses += REPEATS * words * (function == 2 ? 2 : 1);
    truth[thread][range][function].writes += function == 0 ? 0 : REPEATS * words;
}

static void *work(void *argument)
{
    static const int rounds[][2] = {{0, 0}, {1, 2}, {0, 0}, {2, 1}, {0, 1}, {1, 0}, {0, 0}, {2, 2}, {1, 0}};
    int thread = (int)(long)argument;
    while (!stopped) {
        for (unsigned i = 0; i < sizeof rounds / sizeof *rounds; i++) pass(thread, rounds[i][0], rounds[i][1]);
    }
    return NULL;
}

static void *nothing(void *argument) { return argument; }

static void stop(int signal) { (void)signal; stopped = 1; }

int main(int count, char **arguments)
{
    int threads = count > 1 ? atoi(arguments[1]) : 4;
    // A hundred that never sleep would leave whoever watches them a fiftieth of the machine.
    if (threads > 8 && nice(19) == -1) return 1;
    long exec_after = count > 2 ? atol(arguments[2]) : -1;
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    printf("%d", getpid());
    for (int i = 0; i < RANGES; i++) {
        // A gap on both sides, so that neighbours stay separate mappings.
        char *place = mmap(NULL, words * 8 + 8192, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        ranges[i] = (long *)(place + 4096);
        mprotect(place + 4096, words * 8, PROT_READ | PROT_WRITE);
        memset((void *)ranges[i], 1, words * 8);
        printf(" 0x%lx-0x%lx", (long)ranges[i], (long)ranges[i] + words * 8);
    }
    pthread_t ids[MAX_THREADS];
    for (long i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, (void *)i);
    printf("\n");
    fflush(stdout);
    for (long ms = 0; !stopped; ms += 20) {
        pthread_t id;
        pid_t child = exec_after >= 0 ? fork() : -1;
        if (child == 0) _exit(0);
        if (child > 0) waitpid(child, NULL, 0);
        if (pthread_create(&id, NULL, nothing, NULL) == 0) pthread_join(id, NULL);
        if (exec_after >= 0 && ms >= exec_after) execl("/proc/self/exe", arguments[0], arguments[1], NULL);
        usleep(20000);
    }
    for (int i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    for (int range = 0; range < RANGES; range++) {
        for (int function = 0; function < FUNCTIONS; function++) {
            long accesses = 0, writes = 0, ns = 0;
            for (int i = 0; i < threads; i++) {
                accesses += truth[i][range][function].accesses;
                writes += truth[i][range][function].writes;
                ns += truth[i][range][function].ns;
            }
            printf("%d %s %ld %ld %ld\n", range, ((const char *[]){"read_words", "write_words", "update_words"})[function], accesses, writes, ns);
        }
    }
    return 0;
}
