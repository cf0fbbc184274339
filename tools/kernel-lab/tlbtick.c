// Wakes every CPU once per interval. DAMON and page_idle clear accessed bits without flushing the TLB; hardware soon evicts such entries,
// an emulated TLB can hold a whole hot set for ever, and then a busy process looks idle. Each switch of address spaces empties it.
#define _GNU_SOURCE
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long microseconds = argc > 1 ? atol(argv[1]) : 1000;
	struct timespec interval = { microseconds / 1000000, microseconds % 1000000 * 1000 };
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	for (long cpu = 0; cpu < cpus; cpu++) {
		if (fork() != 0)
			continue;
		cpu_set_t only;
		CPU_ZERO(&only);
		CPU_SET(cpu, &only);
		sched_setaffinity(0, sizeof only, &only);
		for (;;)
			nanosleep(&interval, NULL);
	}
	return 0;
}
