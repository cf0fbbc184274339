// Another tool that wants the debug registers: registers PID. Arms four breakpoints in every thread of a process and says how many threads had fewer
// than four registers free; exit code 0 when none had. Threads that end meanwhile are left out.
#include <dirent.h>
#include <errno.h>
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { REGISTERS = 4 };

static int arm(int tid, unsigned long address)
{
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.type = PERF_TYPE_BREAKPOINT;
    attributes.size = sizeof attributes;
    attributes.bp_type = HW_BREAKPOINT_W;
    attributes.bp_addr = address;
    attributes.bp_len = HW_BREAKPOINT_LEN_8;
    attributes.disabled = 1;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    return (int)syscall(SYS_perf_event_open, &attributes, tid, -1, -1, 0);
}

int main(int count, char **arguments)
{
    char path[64];
    if (count != 2) return 2;
    snprintf(path, sizeof path, "/proc/%s/task", arguments[1]);
    DIR *tasks = opendir(path);
    if (!tasks) return 2;
    int threads = 0, taken = 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;) {
        int tid = atoi(entry->d_name), files[REGISTERS], armed = 0, problem = 0;
        if (tid == 0) continue;
        while (armed < REGISTERS && (files[armed] = arm(tid, 4096 + 8UL * (unsigned)armed)) >= 0) armed++;
        problem = armed < REGISTERS ? errno : 0;
        while (armed > 0) close(files[--armed]);
        threads += problem != ESRCH;
        taken += problem != 0 && problem != ESRCH;
        if (problem != 0 && problem != ESRCH) fprintf(stderr, "thread %d: %s\n", tid, strerror(problem));
    }
    closedir(tasks);
    printf("%d of %d threads have fewer than four registers free\n", taken, threads);
    return taken != 0;
}
