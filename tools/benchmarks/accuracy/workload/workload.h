/* A process whose memory accesses are known exactly. main.c has the options and the protocol. */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE 4096ul

enum map_kind { MAP_KIND_ANON, MAP_KIND_SHARED, MAP_KIND_MEMFD, MAP_KIND_FILE, MAP_KIND_HUGETLB, MAP_KIND_STACK };

enum pattern_kind { SOLID, STRIDE, RANDOM, WALK, STAIRS, ZIGZAG, FRESH, GROW, SHRINK, RATES };

struct options {
    enum map_kind map;
    size_t size, hot;
    enum pattern_kind pattern;
    long argument;      /* of the pattern: every how many pages, percent, or a period in ns */
    bool lock, noreserve, thp, write;
    long mappings;      /* small ones beside the big one */
    int processes, threads;
    long fork_after_ns; /* an idle child, so long after the start */
    long pause_ns;      /* between sweeps */
    const char *file;
};

struct span { char *start; size_t size; };

struct memory {
    struct span maps[2];
    int nr_maps;
    char *base;         /* of the mapping the pattern works on */
    size_t size;
    size_t committed;   /* growing and shrinking heaps: bytes from base that may be touched */
};

/* Where a worker is in its pattern. */
struct pattern {
    const struct options *options;
    struct memory *memory;
    struct span *spans; /* touched over and over */
    size_t nr_spans;
    bool logs;          /* one worker tells the truth, the others do the same */
    long begin_ns, phase, phase_begin_ns;
    uint64_t walked;
    long next_sweep_ns[3], next_count_ns;
};

long now_ns(void);
void die(const char *what);

void memory_create(struct memory *memory, const struct options *options);
void memory_populate(const struct memory *memory, const struct options *options);
uint64_t touch(char *start, size_t size, bool write);

void pattern_begin(struct pattern *pattern, const struct options *options, struct memory *memory, bool logs);
/* Moves on in time; returns the pages it touched by itself. */
uint64_t pattern_step(struct pattern *pattern, long now);
void pattern_end(struct pattern *pattern, long now);

enum truth_kind { TRUTH_HOT, TRUTH_SWEEP, TRUTH_COUNT, TRUTH_GAP };
void truth_add(enum truth_kind kind, long begin_ns, long end_ns, uint64_t start, uint64_t end);
void truth_write(void);
