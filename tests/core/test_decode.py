"""Typed data, in several threads at once."""

import subprocess
import sys

CODE = """
import sys, threading, types
sys.setswitchinterval(1e-6)
from sphinxcontrib_animvideo.core.model.decode import convert

SOURCE = '''
from dataclasses import dataclass
from typing import Literal

@dataclass(frozen=True)
class Inner:
    base: Literal["document", "source"]
    path: str

@dataclass(frozen=True)
class Outer:
    inner: tuple[Inner, ...]
    name: str
'''
inner = {"base": "document", "path": "a"}
for _ in range(300):
    module = sys.modules["classes"] = types.ModuleType("classes")
    exec(SOURCE, module.__dict__)
    start = threading.Barrier(3)

    def work():
        start.wait()
        for _ in range(3):
            convert({"inner": [inner] * 3, "name": "x"}, module.Outer)
            convert([inner] * 3, list[module.Inner])

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
"""


def test_a_class_that_several_threads_use_for_the_first_time():
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
