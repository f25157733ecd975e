"""The processor instructions that worker processes calculate with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sphinxcontrib_animvideo.core.cache.environment import examine
from sphinxcontrib_animvideo.core.cache.processor import Processor, ask_numpy
from sphinxcontrib_animvideo.core.model.settings import Arithmetic

THIS = Processor.from_json(ask_numpy())
assert THIS, "NumPy tells what the processor has"
HAS_V3 = THIS.level("x86-64-v3") == "x86-64-v3"
NEW = ("SSE42", "AVX", "FMA3", "AVX2", "AVX512F", "AVX512_SKX")
NAMES = ("SSE42", "AVX2", "FMA3", "AVX512F", "AVX512_SKX", "X86_V3", "X86_V4", "ASIMDDP")

CALCULATE = """
import hashlib
import numpy as np

random = np.random.default_rng(0)
matrix = random.random((300, 300))
values = random.random(100_000) * 10
results = [
    matrix @ matrix,
    np.linalg.solve(matrix, matrix[0]),
    np.linalg.eigh(matrix + matrix.T)[0],
    np.linalg.svd(matrix)[1],
    *(f(v) for v in (values, values.astype("f4")) for f in (np.exp, np.sin, np.log, np.tanh)),
    np.sort(values),
    values**1.7,
    values.sum(),
    np.einsum("ij,jk", matrix, matrix),
    np.fft.fft(values),
]
print([hashlib.sha256(np.ascontiguousarray(r).tobytes()).hexdigest()[:8] for r in results])
"""


def calculated(variables: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CALCULATE],
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1", **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("has", "wanted", "level"),
    [
        (NEW, "x86-64-v3", "x86-64-v3"),
        (NEW, "baseline", "baseline"),
        (("SSE42", "AVX"), "x86-64-v3", "baseline"),
        (("NEON", "ASIMD"), "x86-64-v3", "baseline"),
        ((), "x86-64-v3", "baseline"),
    ],
)
def test_the_level_is_the_wanted_one_if_the_processor_has_it(has, wanted, level):
    assert Processor(has, NAMES).level(wanted) == level


def test_native_is_named_after_the_processor():
    one, other = Processor(NEW, NAMES), Processor(NEW[:-1], NAMES)
    assert one.level("native").startswith("native ")
    assert one.level("native") != other.level("native")
    assert one.variables(one.level("native")) == {}


def test_a_level_uses_no_instructions_above_it():
    processor = Processor(NEW, NAMES)
    v3 = processor.variables("x86-64-v3")["NPY_DISABLE_CPU_FEATURES"].split()
    assert v3 == ["AVX512F", "AVX512_SKX", "X86_V4", "ASIMDDP"]
    assert processor.variables("baseline")["NPY_DISABLE_CPU_FEATURES"].split() == list(NAMES)


@pytest.mark.skipif(not HAS_V3, reason="this processor has no AVX2")
def test_the_kernels_of_one_level_calculate_the_same():
    variables = THIS.variables("x86-64-v3")
    expected = calculated(variables)
    # AMD's kernels instead of Intel's, and a C library that takes the processor for an older one.
    assert calculated(variables | {"OPENBLAS_CORETYPE": "Zen"}) == expected
    masked = "glibc.cpu.hwcaps=-FMA4,-AVX512F,-AVX512VL,-AVX512BW,-AVX512DQ,-AVX512CD,-BMI1,-BMI2"
    assert calculated(variables | {"GLIBC_TUNABLES": masked}) == expected
    assert calculated(THIS.variables("baseline")) != expected


def test_level_and_threads_are_parts_of_the_environment(tmp_path):
    memo = tmp_path / "environment.json"
    usual = examine(memo, Arithmetic())
    assert usual.parts["cpu"] == THIS.level("x86-64-v3")
    assert usual.parts["threads"] == "1"
    other = examine(memo, Arithmetic("baseline", 3))
    assert other.description != usual.description
    assert other.variables["OMP_NUM_THREADS"] == other.variables["OPENBLAS_NUM_THREADS"] == "3"


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"features": 1}', "\x00", "AVX2 FMA3"])
def test_a_damaged_memo_is_asked_for_again(tmp_path, text):
    memo = tmp_path / "environment.json"
    expected = examine(memo, Arithmetic())
    stored = json.loads(memo.read_text())
    damaged = {name: text if "dispatched" in value else value for name, value in stored.items()}
    assert damaged != stored
    memo.write_text(json.dumps(damaged))
    assert examine(memo, Arithmetic()) == expected


SHOW = """
import os
import numpy as np

names = "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "OMP_NUM_THREADS"
print(*(f"{name}={os.environ.get(name)}" for name in names), sep="\\n")
capture(np.zeros((32, 32)))
"""


def test_the_configuration_decides_how_code_calculates(project, monkeypatch):
    for name in ("OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES", "OMP_NUM_THREADS"):
        monkeypatch.delenv(name, raising=False)
    project.page(SHOW)
    assert "OMP_NUM_THREADS=1" in project.build().status
    build = project.build(animvideo_cpu="native", animvideo_threads=2)
    assert build.summary == (1, 0, 0)
    assert "OPENBLAS_CORETYPE=None" in build.status
    assert "NPY_DISABLE_CPU_FEATURES=None" in build.status
    assert "OMP_NUM_THREADS=2" in build.status
    assert project.build(animvideo_cpu="native", animvideo_threads=2).summary == (0, 1, 0)
    assert project.build().summary == (0, 1, 0)
    (warning,) = project.build(animvideo_cpu="pentium").warnings
    assert "animvideo_cpu must be 'x86-64-v3', 'baseline' or 'native', not 'pentium'" in warning


def test_the_command_line_has_the_same_options(tmp_path, monkeypatch):
    script = tmp_path / "show.py"
    script.write_text("from sphinxcontrib_animvideo import capture\n" + SHOW)
    command = [sys.executable, "-m", "sphinxcontrib_animvideo", "render", str(script)]
    options = ["-o", str(tmp_path / "a.mp4"), "--cpu", "baseline", "--threads", "4"]
    done = subprocess.run(
        [*command, *options], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "OMP_NUM_THREADS=4" in done.stdout
    assert Path(tmp_path, "a.mp4").stat().st_size > 0
