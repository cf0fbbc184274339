// A debugger, as far as the processor is concerned: debugger PID [ADDRESS]. Traces a process of one thread, which goes on running; with ADDRESS it sets
// all four debug registers of it by ptrace, as gdb does for its watchpoints, to stop at writes to words from there on. Prints a line when it is done and
// lets go when its input ends; the kernel keeps what was set by ptrace reserved for the thread until that ends. Exit code 3 where the system refuses.
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>

enum { REGISTERS = 4, CONTROL = 7 };

static int pid;

static void require(long result, const char *what)
{
    if (result >= 0) return;
    printf("%s: %s\n", what, strerror(errno));
    exit(3);
}

static void set_register(int number, unsigned long value)
{
    require(ptrace(PTRACE_POKEUSER, pid, offsetof(struct user, u_debugreg) + sizeof(long) * number, value), "PTRACE_POKEUSER");
}

static void stop(void)
{
    require(ptrace(PTRACE_INTERRUPT, pid, 0, 0), "PTRACE_INTERRUPT");
    require(waitpid(pid, NULL, __WALL), "waitpid");
}

int main(int count, char **arguments)
{
    if (count != 2 && count != 3) return 2;
    pid = atoi(arguments[1]);
    require(ptrace(PTRACE_SEIZE, pid, 0, 0), "PTRACE_SEIZE");
    if (count == 3) {
        unsigned long address = strtoul(arguments[2], NULL, 16), control = 0;
        stop();
        for (int i = 0; i < REGISTERS; i++) {
            set_register(i, address + 8UL * (unsigned)i);
            control |= 1UL << (2 * i) | 1UL << (16 + 4 * i); // enabled in this thread; writes of a byte
        }
        set_register(CONTROL, control);
        require(ptrace(PTRACE_CONT, pid, 0, 0), "PTRACE_CONT");
    }
    puts("traced");
    fflush(stdout);
    while (getchar() != EOF) {}
    stop();
    if (count == 3) set_register(CONTROL, 0);
    require(ptrace(PTRACE_DETACH, pid, 0, 0), "PTRACE_DETACH");
    return 0;
}
