"""The source as text and syntax, and a copy of it in which a test may plant what must be refused."""

import ast
import shutil
import subprocess
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "chalicelib"
MODULES = sorted(PACKAGE.rglob("*.py"))


@dataclass(frozen=True)
class Copy:
    """chalicelib and its contracts in a folder of its own."""

    folder: Path

    def plant(self, module: str, text: str) -> None:
        """Adds the text to the end of a module, which may be new."""
        path = self.folder / "chalicelib" / module
        path.parent.mkdir(exist_ok=True)
        (path.parent / "__init__.py").touch()
        with path.open("a") as file:
            file.write(f"\n\n{text}\n")

    def run(self, tool: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of this environment in the folder. Its output is one line of words, however it was wrapped."""
        command = [str(Path(sysconfig.get_path("scripts")) / tool), *arguments]
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        done.stdout = " ".join((done.stdout + done.stderr).split())
        return done


def copied_to(folder: Path) -> Copy:
    shutil.copytree(PACKAGE, folder / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return Copy(folder)


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    """Every function and method of a module."""
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
