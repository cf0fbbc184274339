"""Memory of one kind whose accesses a test commands. Prints its address and size, then obeys lines: "read STEP", "write STEP", "pages N,N", "fork"."""
import ctypes, mmap, os, sys

PAGE = mmap.PAGESIZE
HUGE = 2 << 20
kind, pages = sys.argv[1], int(sys.argv[2])
size = pages * PAGE
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
SHARED, PRIVATE, ANONYMOUS, NORESERVE = 1, 2, 0x20, 0x4000


def map_memory(flags, file=-1, length=size, protection=3):
    address = libc.mmap(None, length, protection, flags, file, 0)
    if address == ctypes.c_void_p(-1).value:
        sys.exit(f"mmap: {os.strerror(ctypes.get_errno())}")
    return address


def touch(address, step, write, count=pages):
    for page in range(0, count, step):
        byte = ctypes.c_ubyte.from_address(address + page * PAGE)
        if write:
            byte.value = 1
        else:
            byte.value


def advise(address, length, advice):
    if libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), advice) != 0:
        sys.exit(f"madvise: {os.strerror(ctypes.get_errno())}")


def fork_sleeper(address, write=False):
    """A child that maps the same memory and ends with its parent."""
    end, keep = os.pipe()
    told, tell = os.pipe()
    if os.fork() == 0:
        os.close(keep)
        touch(address, 1, write)
        os.write(tell, b"x")
        os.read(end, 1)
        os._exit(0)
    os.read(told, 1)


if kind in ("private", "forked"):
    address = map_memory(PRIVATE | ANONYMOUS)
    advise(address, size, 15)
    touch(address, 1, True)
    if kind == "forked":
        fork_sleeper(address)
elif kind in ("huge", "hugeforked"):
    start = map_memory(PRIVATE | ANONYMOUS, length=size + HUGE)
    address = (start + HUGE - 1) // HUGE * HUGE
    advise(address, size, 14)
    touch(address, 1, True)
    if kind == "hugeforked":
        fork_sleeper(address)
elif kind == "shared":
    address = map_memory(SHARED | ANONYMOUS)
    touch(address, 1, True)
    fork_sleeper(address, True)
elif kind == "locked":
    address = map_memory(PRIVATE | ANONYMOUS)
    advise(address, size, 15)
    if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(size)) != 0:
        sys.exit("mlock is not allowed")
    touch(address, 1, True)
elif kind == "memfd":
    file = os.memfd_create("twice")
    os.ftruncate(file, size)
    address, other = map_memory(SHARED, file), map_memory(SHARED, file)
    touch(address, 1, True)
    touch(other, 1, True)
elif kind in ("file", "largefile"):
    path = sys.argv[3]
    with open(path, "wb") as out:
        out.write(b"y" * size)
        out.flush()
        os.fsync(out.fileno())
    file = os.open(path, os.O_RDONLY)
    os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
    os.unlink(path)
    address = map_memory(SHARED, file, protection=1)
    touch(address, 1, False)
    if kind == "largefile":
        fork_sleeper(address)
elif kind == "sparse":
    # Pages spread over a terabyte.
    address = map_memory(PRIVATE | ANONYMOUS | NORESERVE, length=1 << 40)
    advise(address, 1 << 40, 15)
    for page in range(pages):
        ctypes.c_ubyte.from_address(address + page * ((1 << 40) // pages)).value = 1
else:
    sys.exit(f"unknown kind {kind}")

print(f"{address:x} {pages}", flush=True)
for line in sys.stdin:
    command, _, argument = line.strip().partition(" ")
    if command in ("read", "write"):
        touch(address, int(argument), command == "write")
    elif command == "pages":
        for page in argument.split(","):
            ctypes.c_ubyte.from_address(address + int(page) * PAGE).value
    elif command == "fork":
        fork_sleeper(address)
    print("done", flush=True)
