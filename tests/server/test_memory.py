"""The server's allocator: heaps do not grow with the threads that were once busy."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

PROGRAM = """
import threading
from server.memory import keep_small
{told}
kept = []
meeting = threading.Barrier(12)
def work():
    meeting.wait()
    # Many pieces below the size that is always given back, and one that stays: a heap of a thread's own keeps them.
    blocks = [bytes(100_000) for _ in range(200)]
    kept.append(bytes(100_000))
    meeting.wait()
    del blocks
threads = [threading.Thread(target=work) for _ in range(12)]
for one in threads: one.start()
for one in threads: one.join()
maps = open('/proc/self/maps').read().splitlines()
# A heap of a thread reserves 64 MB at a border of 64 MB.
print(sum(int(line.split('-')[0], 16) % (64 << 20) == 0 and ' rw-p ' in line for line in maps))
"""


def heaps(told: str) -> int:
    run = subprocess.run([sys.executable, "-c", PROGRAM.format(told=told)], capture_output=True, text=True, check=True)
    return int(run.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_busy_threads_share_few_heaps() -> None:
    assert heaps("keep_small()") <= 2 < heaps("pass")
