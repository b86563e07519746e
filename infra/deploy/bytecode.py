"""Bytecode for the package: Lambda cannot write any, so that without it every cold start would compile everything."""

import subprocess
import sys
from pathlib import Path

# Where Lambda unpacks; it stands in tracebacks.
ON_LAMBDA = "/var/task"


def compile_below(folder: Path) -> None:
    """Writes `__pycache__` for every module. It is used without a look at the source, whose time the zip forgets.

    In an interpreter of its own: what else a process has in memory shows in the bytes.
    """
    mode = ["-q", "-f", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", ON_LAMBDA]
    command = [sys.executable, "-s", "-m", "compileall", *mode, str(folder)]
    subprocess.run(command, env={"PYTHONHASHSEED": "0"}, check=True)
