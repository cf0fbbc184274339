// A process whose threads and children come and go while they touch one range: family SECONDS.
//
// Two threads update the range all the time. Beside them threads that end after some milliseconds, children (forks) that update their copy of it,
// and children that execute this program anew ("child") and update memory of their own. First line: pid and the range, hexadecimal. At the end, or on
// SIGTERM: "passes threads children failed": how often the range was gone through, and what came and went; a child fails that is ended by a signal,
// or that finds another sum than it should.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WORDS = 4096, CHILD_PASSES = 300 };
static volatile long *range;
static volatile sig_atomic_t stopped;
static volatile long passes;

__attribute__((noinline)) static void update_words(volatile long *words) { for (long i = 0; i < WORDS; i++) words[i] = words[i] + 1; }

static long seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec;
}

static int child(void)
{
    static long own[WORDS];
    for (int i = 0; i < CHILD_PASSES; i++) update_words(own);
    for (int i = 0; i < WORDS; i++) if (own[i] != CHILD_PASSES) return 1;
    return 0;
}

static void *always(void *unused)
{
    while (!stopped) {
        update_words(range);
        __atomic_fetch_add(&passes, 1, __ATOMIC_RELAXED);
    }
    return unused;
}

static void *brief(void *unused)
{
    for (int i = 0; i < 200 && !stopped; i++) update_words(range);
    return unused;
}

static void stop(int signal) { (void)signal; stopped = 1; }

int main(int count, char **arguments)
{
    if (count == 2 && strcmp(arguments[1], "child") == 0) return child();
    if (count != 2) return 2;
    long end = seconds() + atol(arguments[1]), threads = 0, children = 0, failed = 0;
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGTERM, &action, NULL);
    range = mmap(NULL, sizeof(long) * WORDS, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("%d 0x%lx-0x%lx\n", getpid(), (long)range, (long)range + (long)sizeof(long) * WORDS);
    fflush(stdout);
    pthread_t workers[2], guest;
    for (int i = 0; i < 2; i++) pthread_create(&workers[i], NULL, always, NULL);
    while (!stopped && seconds() < end) {
        int status, has_guest = pthread_create(&guest, NULL, brief, NULL) == 0;
        pid_t forked = fork();
        if (forked == 0) {
            // The copy of the range holds what the threads had written: only its own memory is checked.
            for (int i = 0; i < CHILD_PASSES; i++) update_words(range);
            _exit(child());
        }
        pid_t executed = fork();
        if (executed == 0) {
            execl("/proc/self/exe", arguments[0], "child", NULL);
            _exit(3);
        }
        pid_t both[] = {forked, executed};
        for (int i = 0; i < 2; i++) {
            if (both[i] < 0) continue;
            while (waitpid(both[i], &status, 0) < 0 && stopped) continue;
            children++;
            failed += status != 0;
        }
        if (has_guest) {
            pthread_join(guest, NULL);
            threads++;
        }
    }
    stopped = 1;
    for (int i = 0; i < 2; i++) pthread_join(workers[i], NULL);
    printf("%ld %ld %ld %ld\n", passes, threads, children, failed);
    return 0;
}
