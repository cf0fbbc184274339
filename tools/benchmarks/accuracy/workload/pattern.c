#define _GNU_SOURCE
#include "workload.h"
#include <stdlib.h>
#include <sys/mman.h>

#define MIB (1ul << 20)
#define HUGE (2ul << 20) /* what is touched of a huge page is all of it */

static const long rate_periods_ns[3] = { 100000000, 1000000000, 10000000000 };

/* Numerical Recipes' generator: the same pages in every run. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ul + 1442695040888963407ul;
    return *state >> 33;
}

static bool moves(enum pattern_kind kind) { return kind == STAIRS || kind == ZIGZAG || kind == FRESH || kind == GROW || kind == SHRINK; }

/* The hot range is a third into the memory: neither end of a mapping helps to find it. */
static char *usual_place(const struct pattern *p)
{
    size_t unit = p->options->thp ? HUGE : PAGE, offset = p->memory->size / 3 / unit * unit;
    return p->memory->base + (offset + p->options->hot <= p->memory->size ? offset : 0);
}

static void keep_pages(struct pattern *p, bool (*chosen)(uint64_t page, uint64_t *state, long argument))
{
    uint64_t state = 1;
    p->spans = malloc(p->memory->size / PAGE * sizeof *p->spans);
    if (p->spans == NULL) die("malloc");
    for (uint64_t page = 0; page < p->memory->size / PAGE; page++)
        if (chosen(page, &state, p->options->argument)) p->spans[p->nr_spans++] = (struct span){ p->memory->base + page * PAGE, PAGE };
}

static bool every_nth(uint64_t page, uint64_t *state, long n) { (void)state; return page % n == 0; }

static bool percent(uint64_t page, uint64_t *state, long n) { (void)page; return next_random(state) % 100 < (uint64_t)n; }

/* Where the moving patterns are in a phase. */
static char *place(const struct pattern *p, long phase)
{
    size_t hot = p->options->hot, places = p->memory->size / hot;
    long turn = phase % (2 * places - 2);
    uint64_t state = phase + 1;
    switch (p->options->pattern) {
    case STAIRS: return p->memory->base + phase % places * hot;
    case ZIGZAG: return p->memory->base + (turn < (long)places ? turn : 2 * (long)places - 2 - turn) * hot;
    case FRESH: next_random(&state); return p->memory->base + next_random(&state) % places * hot;
    default: return p->memory->base + p->memory->committed - hot;
    }
}

/* What happens to the memory itself when a phase begins. */
static void change_memory(struct pattern *p)
{
    struct memory *m = p->memory;
    if (p->options->pattern == GROW && p->phase > 0 && m->committed + MIB <= m->size) {
        if (mprotect(m->base + m->committed, MIB, PROT_READ | PROT_WRITE) != 0) die("mprotect");
        touch(m->base + m->committed, MIB, true);
        m->committed += MIB;
    } else if (p->options->pattern == SHRINK && p->phase > 0 && m->committed > p->options->hot + MIB) {
        m->committed -= MIB;
        munmap(m->base + m->committed, MIB);
    } else if (p->options->pattern == FRESH) {
        madvise(place(p, p->phase), p->options->hot, MADV_DONTNEED);
    }
}

static void enter_phase(struct pattern *p, long phase, long now)
{
    p->phase = phase;
    p->phase_begin_ns = now;
    change_memory(p);
    p->spans[0] = (struct span){ place(p, phase), p->options->hot };
}

void pattern_begin(struct pattern *p, const struct options *options, struct memory *memory, bool logs)
{
    *p = (struct pattern){ .options = options, .memory = memory, .logs = logs };
    p->begin_ns = p->phase_begin_ns = now_ns();
    if (options->pattern == STRIDE) keep_pages(p, every_nth);
    else if (options->pattern == RANDOM) keep_pages(p, percent);
    else if (options->pattern != WALK && options->pattern != RATES) {
        p->spans = calloc(1, sizeof *p->spans);
        p->nr_spans = 1;
        p->spans[0] = (struct span){ usual_place(p), options->hot };
        if (moves(options->pattern)) enter_phase(p, 0, p->begin_ns);
    }
}

static void log_spans(const struct pattern *p, long now)
{
    if (!p->logs) return;
    for (size_t i = 0; i < p->nr_spans;) {
        char *start = p->spans[i].start, *end = start + p->spans[i].size;
        while (++i < p->nr_spans && p->spans[i].start == end) end += p->spans[i].size;
        truth_add(TRUTH_HOT, p->phase_begin_ns, now, (uint64_t)start, (uint64_t)end);
    }
}

/* A part of the pages per 100 ms in an order that repeats only after all: within one round any number of touches are as many pages. */
static uint64_t walk(struct pattern *p, long now)
{
    const uint64_t step = 2654435761u; /* odd and larger than any number of pages here, so coprime to powers of two and unlike a stride */
    uint64_t pages = p->memory->size / PAGE;
    uint64_t due = (uint64_t)((double)(now - p->begin_ns) / 1e8 * pages * p->options->argument / 100);
    uint64_t before = p->walked;
    for (; p->walked < due; p->walked++) touch(p->memory->base + p->walked * step % pages * PAGE, PAGE, p->options->write);
    if (p->logs && now >= p->next_count_ns) {
        truth_add(TRUTH_COUNT, now, now, p->walked, pages);
        p->next_count_ns = now + 5000000;
    }
    return p->walked - before;
}

/* Three ranges, each swept at a rate of its own. */
static uint64_t sweep_at_rates(struct pattern *p, long now)
{
    uint64_t touched = 0;
    for (int i = 0; i < 3; i++) {
        if (now - p->begin_ns < p->next_sweep_ns[i]) continue;
        char *start = p->memory->base + p->memory->size / 8 * (2 * i + 1);
        long begin = now_ns();
        touched += touch(start, p->options->hot, p->options->write);
        if (p->logs) truth_add(TRUTH_SWEEP, begin, now_ns(), (uint64_t)start, (uint64_t)start + p->options->hot);
        p->next_sweep_ns[i] += rate_periods_ns[i];
    }
    return touched;
}

uint64_t pattern_step(struct pattern *p, long now)
{
    if (p->options->pattern == WALK) return walk(p, now);
    if (p->options->pattern == RATES) return sweep_at_rates(p, now);
    if (moves(p->options->pattern) && (now - p->begin_ns) / p->options->argument != p->phase) {
        log_spans(p, now);
        enter_phase(p, (now - p->begin_ns) / p->options->argument, now);
    }
    return 0;
}

void pattern_end(struct pattern *p, long now) { log_spans(p, now); }
