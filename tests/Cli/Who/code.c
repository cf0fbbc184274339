// Hot code and hot data: 4 MB of instructions of which all pages are executed, 256 KB of memory that is written. First line: pid, the range of the code
// and that of the data, hexadecimal.
#define _GNU_SOURCE
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { CODE = 4 << 20, DATA = 256 << 10, PAGE = 4096 };

__attribute__((noinline)) static void write_data(volatile long *data)
{
    for (int i = 0; i < DATA / 8; i++) data[i] = i;
}

int main(void)
{
    unsigned char *code = mmap(NULL, CODE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    volatile long *data = mmap(NULL, DATA, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED || data == MAP_FAILED) return 1;
    memset(code, 0xc3, CODE); // ret
    if (mprotect(code, CODE, PROT_READ | PROT_EXEC)) return 1;
    printf("%d 0x%lx-0x%lx 0x%lx-0x%lx\n", getpid(), (long)code, (long)code + CODE, (long)data, (long)data + DATA);
    fflush(stdout);
    for (;;) {
        for (int i = 0; i < CODE; i += PAGE) ((void (*)(void))(code + i))();
        write_data(data);
    }
}
