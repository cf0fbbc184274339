// Hot code and hot data: 4 MB of instructions of which all pages are executed, 256 KB of memory that is written. First line: pid, the range of the code
// and that of the data, hexadecimal. The data is directly below the code with the argument "beside", else apart from it.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CODE = 4 << 20, DATA = 256 << 10, APART = 1 << 20, PAGE = 4096 };

__attribute__((noinline)) static void write_data(volatile long *data)
{
    for (int i = 0; i < DATA / 8; i++) data[i] = i;
}

int main(int argc, char **argv)
{
    int between = argc > 1 && !strcmp(argv[1], "beside") ? 0 : APART;
    unsigned char *all = mmap(NULL, DATA + between + CODE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *code = all + DATA + between;
    volatile long *data = (volatile long *)all;
    if (all == MAP_FAILED || (between && munmap(all + DATA, between))) return 1;
    memset(code, 0xc3, CODE); // ret
    if (mprotect(code, CODE, PROT_READ | PROT_EXEC)) return 1;
    printf("%d 0x%lx-0x%lx 0x%lx-0x%lx\n", getpid(), (long)code, (long)code + CODE, (long)data, (long)data + DATA);
    fflush(stdout);
    for (;;) {
        for (int i = 0; i < CODE; i += PAGE) ((void (*)(void))(code + i))();
        write_data(data);
    }
}
