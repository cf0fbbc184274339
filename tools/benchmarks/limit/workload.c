/*
 * A program whose reuse times are known. Prints "ready PID", then a line of key=value every ten seconds: touches asked for and done.
 *
 *   workload FOLDER|anon SECONDS GROUP...
 *
 * Each GROUP is SIZE_MB:PERIOD_S or SIZE_MB:PERIOD_S:random, memory of its own: in a file of FOLDER that is mapped and read, or anonymous and written.
 * Every page of a group is touched once each period, or pages at random, so that the time between two touches of one has this mean and is
 * distributed exponentially. A period of 0 means never.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul
#define MB (1ul << 20)
#define MAX_GROUPS 16
#define TICK_NS 5000000l

/* Prime, and divides no number of pages asked for here: k * STRIDE mod pages visits each page once, far from the one before. */
#define STRIDE 7919ul

struct group {
    volatile unsigned char *memory;
    uint64_t pages, done;
    double period;
    int is_random, is_file;
};

static uint64_t state = 88172645463325252ull;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

/* No readahead and no huge pages: a page that comes back is one that was touched. The content does not compress. */
static void *make(const char *folder, int number, size_t size)
{
    char *memory;
    if (strcmp(folder, "anon") == 0) {
        memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) die("mmap");
        madvise(memory, size, MADV_NOHUGEPAGE);
        for (size_t at = 0; at < size; at += 8) *(uint64_t *)(memory + at) = next_random();
        return memory;
    }
    char path[4096];
    uint64_t page[PAGE / 8];
    snprintf(path, sizeof path, "%s/group-%d", folder, number);
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (file < 0) die(path);
    for (size_t at = 0; at < size; at += PAGE) {
        for (size_t word = 0; word < PAGE / 8; word++) page[word] = next_random();
        if (write(file, page, PAGE) != PAGE) die("write");
    }
    if (fsync(file)) die("fsync");
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    memory = mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    if (memory == MAP_FAILED) die("mmap");
    madvise(memory, size, MADV_RANDOM);
    close(file);
    return memory;
}

static void touch(struct group *group, uint64_t page)
{
    if (group->is_file)
        (void)group->memory[page * PAGE];
    else
        group->memory[page * PAGE]++;
}

int main(int argc, char **argv)
{
    struct group groups[MAX_GROUPS];
    int count = argc - 3;
    if (count < 1 || count > MAX_GROUPS) {
        fprintf(stderr, "usage: workload FOLDER|anon SECONDS SIZE_MB:PERIOD_S[:random]...\n");
        return 2;
    }
    for (int i = 0; i < count; i++) {
        struct group *group = &groups[i];
        char kind[16] = "";
        unsigned long mb;
        if (sscanf(argv[i + 3], "%lu:%lf:%15s", &mb, &group->period, kind) < 2) {
            fprintf(stderr, "workload: '%s' is no group\n", argv[i + 3]);
            return 2;
        }
        group->pages = mb * MB / PAGE;
        group->done = 0;
        group->is_random = strcmp(kind, "random") == 0;
        group->is_file = strcmp(argv[1], "anon") != 0;
        group->memory = make(argv[1], i, mb * MB);
        for (uint64_t page = 0; page < group->pages; page++) touch(group, page);
    }
    printf("ready %d\n", getpid());
    fflush(stdout);

    double start = now(), end = start + atof(argv[2]), next_line = start + 10;
    while (now() < end) {
        double elapsed = now() - start, asked = 0, done = 0;
        for (int i = 0; i < count; i++) {
            struct group *group = &groups[i];
            if (group->period <= 0) continue;
            uint64_t due = elapsed / group->period * group->pages;
            for (; group->done < due; group->done++)
                touch(group, (group->is_random ? next_random() : group->done * STRIDE) % group->pages);
            asked += (now() - start) / group->period * group->pages;
            done += group->done;
        }
        if (now() >= next_line) {
            printf("asked=%.0f done=%.0f\n", asked, done);
            fflush(stdout);
            next_line += 10;
        }
        nanosleep(&(struct timespec){0, TICK_NS}, NULL);
    }
    return 0;
}
