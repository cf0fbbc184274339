/* What was touched and when, kept in memory until the end: writing it down meanwhile would be activity of its own. */
#include "workload.h"
#include <stdio.h>
#include <stdlib.h>

struct record { enum truth_kind kind; long begin_ns, end_ns; uint64_t start, end; };

static struct record *records;
static size_t nr_records, room;

void truth_add(enum truth_kind kind, long begin_ns, long end_ns, uint64_t start, uint64_t end)
{
    if (nr_records == room) {
        room = room == 0 ? 1024 : 2 * room;
        records = realloc(records, room * sizeof *records);
        if (records == NULL) die("realloc");
    }
    records[nr_records++] = (struct record){ kind, begin_ns, end_ns, start, end };
}

void truth_write(void)
{
    static const char *const names[] = { "hot", "sweep", "count", "gap" };
    for (size_t i = 0; i < nr_records; i++) {
        const struct record *r = &records[i];
        printf("%s %ld %ld %lu %lu\n", names[r->kind], r->begin_ns, r->end_ns, r->start, r->end);
    }
}
