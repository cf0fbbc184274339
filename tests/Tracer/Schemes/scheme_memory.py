"""Memory of known use, below a folder: a hot file, a cold one, a locked one, one that a child maps as well, and anonymous memory."""
import ctypes, mmap, os, sys

PAGE = mmap.PAGESIZE
folder, mib = sys.argv[1], int(sys.argv[2])
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long]
READ, WRITE, SHARED, PRIVATE, ANONYMOUS = 1, 2, 1, 2, 0x20


def map_file(name, mib):
    path = os.path.join(folder, name)
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    page = os.urandom(PAGE)
    for _ in range((mib << 20) // PAGE):
        os.write(file, page)  # at once it would lie in large folios, which leave as a whole wherever a region ends
    os.fsync(file)
    address = libc.mmap(None, mib << 20, READ, SHARED, file, 0)
    return memoryview((ctypes.c_char * (mib << 20)).from_address(address)).cast("B"), address


def touch(memory):
    return sum(memory[::PAGE])


shared, _ = map_file("shared", 4)
touch(shared)
ready, tell = os.pipe()
if os.fork() == 0:
    libc.prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    touch(shared)
    os.write(tell, b"x")
    while True:
        os.read(0, 1) or os._exit(0)
os.read(ready, 1)
hot, _ = map_file("hot", mib)
cold, _ = map_file("cold", mib)
locked, address = map_file("locked", 4)
if libc.mlock(ctypes.c_void_p(address), ctypes.c_size_t(4 << 20)) != 0:
    sys.exit("mlock is not permitted")
anonymous = libc.mmap(None, 16 << 20, READ | WRITE, PRIVATE | ANONYMOUS, -1, 0)
ctypes.memset(anonymous, 1, 16 << 20)
for memory in (hot, cold, locked):
    touch(memory)
print("%x" % anonymous, flush=True)
while True:
    touch(hot)
