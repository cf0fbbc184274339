/* A process that is hard to watch: target KIND [COUNT|LIBRARY]. Prints "ready" once it is what it says. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile char *memory;
static const size_t memory_size = 8 << 20;

static void touch(void)
{
    for (size_t at = 0; at < memory_size; at += 4096)
        memory[at]++;
}

static void rest_us(long us)
{
    struct timespec time = { us / 1000000, us % 1000000 * 1000 };
    nanosleep(&time, NULL);
}

static void ready(void)
{
    puts("ready");
    fflush(stdout);
}

/* Neighbours differ in their rights, so that the kernel cannot join them. */
static void map_many(long count)
{
    for (long i = 0; i < count; i++) {
        char *page = mmap(NULL, 4096, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (page == MAP_FAILED) {
            perror("mmap");
            exit(1);
        }
        if (!(i & 1))
            *page = 1;
    }
}

/* COUNT changes of the list of mappings a second, in slices of a millisecond. */
static void change_mappings(long count)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (long done = 0;;) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        long due = ((now.tv_sec - begin.tv_sec) * 1000 + (now.tv_nsec - begin.tv_nsec) / 1000000) * count / 1000;
        for (; done < due; done += 2) {
            char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            *page = 1;
            munmap(page, 8192);
        }
        touch();
        rest_us(1000);
    }
}

/* Children that exit at once, COUNT at a time. */
static void fork_storm(long count)
{
    for (;;) {
        for (long i = 0; i < count; i++)
            if (fork() == 0)
                _exit(0);
        while (waitpid(-1, NULL, WNOHANG) > 0)
            ;
        touch();
        rest_us(1000);
    }
}

static void *short_thread(void *nothing)
{
    return nothing;
}

static void thread_storm(void)
{
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, short_thread, NULL) == 0)
            pthread_join(thread, NULL);
        touch();
    }
}

/* Memory that looks like a runtime's, with tables that a liar wrote: LIBRARY is loaded, and all it may write holds pointers into itself. */
static void forge(const char *library)
{
    char line[4096];
    if (!dlopen(library, RTLD_NOW)) {
        fputs(dlerror(), stderr);
        exit(1);
    }
    FILE *maps = fopen("/proc/self/maps", "r");
    int inside = 0;
    unsigned seed = 1;
    while (fgets(line, sizeof line, maps)) {
        unsigned long *from, *to;
        char rights[8], name[2048] = "";
        sscanf(line, "%p-%p %7s %*s %*s %*s %2047s", (void **)&from, (void **)&to, rights, name);
        /* Behind the file's last mapping is what it has no bytes for. */
        inside = strstr(name, "libcoreclr.so") ? 1 : inside && !*name;
        if (inside && !strncmp(rights, "rw", 2))
            for (unsigned long *word = from; word < to; word++)
                *word = (unsigned long)from + rand_r(&seed) % ((char *)to - (char *)from) / 8 * 8;
    }
    fclose(maps);
}

int main(int argc, char **argv)
{
    const char *kind = argc > 1 ? argv[1] : "";
    long count = argc > 2 ? atol(argv[2]) : 0;
    memory = mmap(NULL, memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    touch();
    if (!strcmp(kind, "mappings"))
        map_many(count);
    if (!strcmp(kind, "forged"))
        forge(argv[2]);
    if (strcmp(kind, "exec-again"))
        ready();

    if (!strcmp(kind, "changes"))
        change_mappings(count);
    else if (!strcmp(kind, "forks"))
        fork_storm(count);
    else if (!strcmp(kind, "threads"))
        thread_storm();
    else if (!strncmp(kind, "exec", 4)) {
        /* Another program with other memory every COUNT milliseconds, for ever. */
        for (long i = 0; i < count; i++) {
            touch();
            rest_us(1000);
        }
        execl("/proc/self/exe", argv[0], "exec-again", argv[2], NULL);
    } else if (!strcmp(kind, "exit")) {
        for (long i = 0; i < count; i++) {
            touch();
            rest_us(1000);
        }
        return 0;
    } else if (!strcmp(kind, "names")) {
        /* What a terminal would obey, as a name of the process, of a thread and of memory. */
        prctl(PR_SET_NAME, "\033]0;own\007\r\n%s");
        prctl(0x53564d41 /* PR_SET_VMA */, 0, memory, memory_size, "\033[31mred\033[2J");
    } else if (!strcmp(kind, "nodump")) {
        prctl(PR_SET_DUMPABLE, 0);
    }

    for (;;) {
        touch();
        rest_us(1000);
    }
}
