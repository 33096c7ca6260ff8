"""What the house tests look at: the files of this checkout as git sees them, untracked ones included."""

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("street", "ingest", "layouts", "dashboard")


@cache
def listed() -> tuple[str, ...]:
    """Return the path of every file that is or could be committed, from the root, sorted."""
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    output = subprocess.run(command, capture_output=True, check=True).stdout.decode()
    return tuple(sorted(name for name in set(output.split("\0")) if name and (ROOT / name).is_file()))


def files(*endings: str, under: tuple[str, ...] = ()) -> list[str]:
    """Return the listed files with one of *endings*, in one of the folders *under* (everywhere when empty)."""
    starts = tuple(f"{folder}/" for folder in under) or ("",)
    return [name for name in listed() if name.endswith(endings) and name.startswith(starts)]


def text(name: str) -> str:
    """Return what a file says."""
    return (ROOT / name).read_text(encoding="utf-8")


@cache
def tree(name: str) -> ast.Module:
    """Return a Python file, parsed."""
    return ast.parse(text(name))


def docstrings(name: str) -> set[int]:
    """Return the ids of the nodes of a file's tree that are docstrings."""
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree(name)):
        first = node.body[0] if isinstance(node, holders) and node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            found.add(id(first.value))
    return found
