#define _GNU_SOURCE
#include "workload.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define HUGE (2ul << 20)

static char *map(size_t size, int protection, int flags, int fd)
{
    char *start = mmap(NULL, size, protection, flags, fd, 0);
    if (start == MAP_FAILED) die("mmap");
    return start;
}

/* Aligned to the size of a huge page, so that every run has the same number of them. */
static char *map_anonymous(size_t size, int protection, int flags)
{
    char *start = map(size + HUGE, protection, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1);
    char *aligned = (char *)(((uintptr_t)start + HUGE - 1) & ~(HUGE - 1));
    if (aligned > start) munmap(start, aligned - start);
    munmap(aligned + size, start + HUGE - aligned);
    return aligned;
}

static int filled_file(const struct options *options)
{
    static char block[1 << 20];
    int fd = open(options->file, O_RDWR | O_CREAT | O_TRUNC, 0600);
    if (fd < 0) die(options->file);
    memset(block, 1, sizeof block);
    for (size_t done = 0; done < options->size; done += sizeof block)
        if (write(fd, block, sizeof block) != sizeof block) die("write");
    fsync(fd); /* dirty pages would be written, and looked at, in the middle of the measurement */
    return fd;
}

/* Neighbours with different protections, which the kernel cannot merge. */
static void map_small_ones(long number)
{
    for (long i = 0; i < number; i++) {
        char *page = map(PAGE, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
        if (!(i & 1)) page[0] = 1;
    }
}

static void add(struct memory *memory, char *start, size_t size)
{
    memory->maps[memory->nr_maps++] = (struct span){ start, size };
    memory->base = memory->maps[0].start;
    memory->size = memory->committed = memory->maps[0].size;
}

void memory_create(struct memory *memory, const struct options *options)
{
    size_t size = options->size;
    map_small_ones(options->mappings);
    switch (options->map) {
    case MAP_KIND_ANON:
        if (options->pattern == GROW) {
            add(memory, map_anonymous(size, PROT_NONE, MAP_NORESERVE), size);
            memory->committed = size / 4;
            if (mprotect(memory->base, memory->committed, PROT_READ | PROT_WRITE) != 0) die("mprotect");
        } else {
            add(memory, map_anonymous(size, PROT_READ | PROT_WRITE, options->noreserve ? MAP_NORESERVE : 0), size);
        }
        if (madvise(memory->base, size, options->thp ? MADV_HUGEPAGE : MADV_NOHUGEPAGE) != 0) die("madvise");
        break;
    case MAP_KIND_SHARED:
        add(memory, map(size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1), size);
        break;
    case MAP_KIND_MEMFD: {
        int fd = memfd_create("twice", 0);
        if (fd < 0 || ftruncate(fd, size) != 0) die("memfd");
        add(memory, map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd), size);
        add(memory, map(size, PROT_READ | PROT_WRITE, MAP_SHARED, fd), size);
        break;
    }
    case MAP_KIND_FILE:
        add(memory, map(size, PROT_READ, MAP_SHARED, filled_file(options)), size);
        break;
    case MAP_KIND_HUGETLB:
        add(memory, map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1), size);
        break;
    case MAP_KIND_STACK: /* main has added it */
        break;
    }
}

/* Every page once, written where that is allowed: read only, private memory would be the one zero page. */
void memory_populate(const struct memory *memory, const struct options *options)
{
    for (int i = 0; i < memory->nr_maps; i++) {
        size_t size = i == 0 ? memory->committed : memory->maps[i].size;
        if (options->map == MAP_KIND_FILE) touch(memory->maps[i].start, size, false);
        else if (!options->noreserve)
            for (size_t at = 0; at < size; at += PAGE) memory->maps[i].start[at] = 1;
        if (options->lock && mlock(memory->maps[i].start, size) != 0) die("mlock");
    }
}

uint64_t touch(char *start, size_t size, bool write)
{
    volatile char *page = start;
    if (write)
        for (size_t at = 0; at < size; at += PAGE) page[at]++;
    else
        for (size_t at = 0; at < size; at += PAGE) (void)page[at];
    return size / PAGE;
}
