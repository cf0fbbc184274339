// A load that counts what it does where others can read it without asking: load COUNTERS PATTERN MEGABYTES THREADS.
//
// PATTERN is sweep (every eighth word, ascending) or random (a word anywhere). COUNTERS is a file; each thread adds up its accesses in a line of 64
// bytes of it. First line: pid and the range, hexadecimal.
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { BATCH = 1024, LINE = 8, MOST = 64 };
static volatile long *memory, *counters;
static long words;
static int is_random;

__attribute__((noinline)) static long read_ascending(long at)
{
    for (int i = 0; i < BATCH; i++, at = at + LINE < words ? at + LINE : 0) (void)memory[at];
    return at;
}

__attribute__((noinline)) static unsigned long read_anywhere(unsigned long seed)
{
    for (int i = 0; i < BATCH; i++) {
        seed = seed * 6364136223846793005UL + 1442695040888963407UL;
        (void)memory[(unsigned long)(((unsigned __int128)seed * (unsigned long)words) >> 64)];
    }
    return seed;
}

static void *work(void *argument)
{
    volatile long *count = counters + LINE * (long)argument;
    unsigned long seed = (unsigned long)argument + 1;
    long at = words / MOST * (long)argument;
    for (;;) {
        if (is_random) seed = read_anywhere(seed); else at = read_ascending(at);
        *count += BATCH;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    if (count != 5) return 2;
    int file = open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0600), threads = atoi(arguments[4]);
    long bytes = atol(arguments[3]) << 20;
    if (file < 0 || ftruncate(file, MOST * LINE * 8) != 0 || threads < 1 || threads > MOST) return 1;
    counters = mmap(NULL, MOST * LINE * 8, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (counters == MAP_FAILED || memory == MAP_FAILED) return 1;
    madvise((void *)memory, (size_t)bytes, MADV_NOHUGEPAGE);
    memset((void *)memory, 1, (size_t)bytes);
    words = bytes / 8;
    is_random = strcmp(arguments[2], "random") == 0;
    printf("%d 0x%lx-0x%lx\n", getpid(), (long)memory, (long)memory + bytes);
    fflush(stdout);
    pthread_t id;
    for (long i = 1; i < threads; i++) pthread_create(&id, NULL, work, (void *)i);
    work(NULL);
}
