// A buffer that system calls fill and read as often as user code reads it: calls FILE.
//
// Each round, of about a millisecond, the kernel writes every word of the buffer once (pread), read_words reads it once, and the kernel reads it once (pwrite): two thirds of the
// accesses are the kernel's, one third writes. First line: pid and the range, hexadecimal.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 8192 };

__attribute__((noinline)) static void read_words(volatile long *words) { for (long i = 0; i < WORDS; i++) (void)words[i]; }

// Rounds without rest would use up a watchpoint's four stops at once.
static void rest(void)
{
    struct timespec began, now;
    clock_gettime(CLOCK_MONOTONIC, &began);
    do clock_gettime(CLOCK_MONOTONIC, &now);
    while ((now.tv_sec - began.tv_sec) * 1000000000 + now.tv_nsec - began.tv_nsec < 1000000);
}

int main(int count, char **arguments)
{
    int file = count == 2 ? open(arguments[1], O_RDWR | O_CREAT | O_TRUNC, 0600) : -1;
    long *buffer = mmap(NULL, sizeof(long) * WORDS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (file < 0 || buffer == MAP_FAILED) return 2;
    printf("%d 0x%lx-0x%lx\n", getpid(), (long)buffer, (long)buffer + (long)sizeof(long) * WORDS);
    fflush(stdout);
    if (pwrite(file, buffer, sizeof(long) * WORDS, 0) < 0) return 1;
    for (;;) {
        if (pread(file, buffer, sizeof(long) * WORDS, 0) < 0) return 1;
        read_words(buffer);
        if (pwrite(file, buffer, sizeof(long) * WORDS, 0) < 0) return 1;
        rest();
    }
}
