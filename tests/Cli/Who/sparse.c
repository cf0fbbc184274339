// Memory in huge pages of which a known part is accessed: sparse MEGABYTES SUBPAGES_OF_512.
//
// All of it is filled, so that it becomes huge; then the same random subpages of each huge page are read and written, in random order, forever.
// First line: pid, the range in hexadecimal, and kilobytes that are in huge pages (AnonHugePages).
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HUGE = 2 << 20, SMALL = 4096, PER_HUGE = HUGE / SMALL };

static unsigned long seed = 88172645463325252UL;

static unsigned long next(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    return seed ^= seed << 17;
}

__attribute__((noinline)) static void touch(volatile long *word) { *word += 1; }

static long huge_kilobytes(unsigned long start)
{
    FILE *maps = fopen("/proc/self/smaps", "r");
    char line[512];
    unsigned long from, to;
    long found = 0, size;
    int inside = 0;
    while (maps && fgets(line, sizeof line, maps)) {
        if (sscanf(line, "%lx-%lx ", &from, &to) == 2) inside = start >= from && start < to;
        if (inside && sscanf(line, "AnonHugePages: %ld", &size) == 1) found = size;
    }
    if (maps) fclose(maps);
    return found;
}

int main(int count, char **arguments)
{
    if (count != 3) return 2;
    long pages = atol(arguments[1]) * (1 << 20) / HUGE, touched = atol(arguments[2]);
    char *place = mmap(NULL, (pages + 1) * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *memory = (char *)(((unsigned long)place + HUGE - 1) / HUGE * HUGE);
    if (place == MAP_FAILED || mprotect(memory, pages * HUGE, PROT_READ | PROT_WRITE) || madvise(memory, pages * HUGE, MADV_HUGEPAGE)) return 1;
    memset(memory, 1, pages * HUGE);
    long number = pages * touched;
    volatile long **words = malloc(number * sizeof *words);
    for (long page = 0; page < pages; page++) {
        char taken[PER_HUGE] = {0};
        for (long i = 0; i < touched;) {
            long subpage = next() % PER_HUGE;
            if (taken[subpage]) continue;
            taken[subpage] = 1;
            words[page * touched + i++] = (long *)(memory + page * HUGE + subpage * SMALL + next() % (SMALL / 8) * 8);
        }
    }
    printf("%d 0x%lx-0x%lx %ld\n", getpid(), (unsigned long)memory, (unsigned long)memory + pages * HUGE, huge_kilobytes((unsigned long)memory));
    fflush(stdout);
    for (;;) touch(words[next() % number]);
}
