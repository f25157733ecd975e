"""How fast code calculates in a directive, compared with one thread of plain NumPy.

    python benchmarks/arithmetic.py [--cpu LEVEL] [--rounds N]

Prints the median time of each operation in a new interpreter and in a worker process, alternating,
and the ratio of their speeds: 1 is as fast as plain NumPy.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sphinxcontrib_animvideo.core.cache.environment import examine
from sphinxcontrib_animvideo.core.model.settings import Arithmetic
from sphinxcontrib_animvideo.core.rendering.variables import fixed_variables

PROGRAM = """
import json, time
import numpy as np

random = np.random.default_rng(0)
matrix, values = random.random((600, 600)), random.random(2_000_000) * 10
symmetric = random.random((300, 300)) + random.random((300, 300)).T
operations = {
    "matmul": lambda: matrix @ matrix,
    "exp": lambda: np.exp(values),
    "sin": lambda: np.sin(values),
    "sort": lambda: np.sort(values),
    "eigh": lambda: np.linalg.eigh(symmetric),
    "solve": lambda: np.linalg.solve(matrix, matrix[0]),
}
found = {}
for name, operation in operations.items():
    operation()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        operation()
        times.append(time.perf_counter() - start)
    found[name] = min(times)
print(json.dumps(found))
"""


def seconds(variables: dict[str, str]) -> dict[str, float]:
    """Return how long each operation takes with these environment variables."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cpu", default="x86-64-v3")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        environment = examine(Path(folder, "environment.json"), Arithmetic(given.cpu))
    print(f"level: {environment.parts['cpu']}")
    plain = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    rounds = [(seconds(plain), seconds(fixed_variables(environment))) for _ in range(given.rounds)]
    for name in rounds[0][0]:
        one, other = (median(each[side][name] for each in rounds) for side in (0, 1))
        print(f"{name:8} {1000 * one:8.1f} ms {1000 * other:8.1f} ms   {one / other:.2f}")


if __name__ == "__main__":
    main()
