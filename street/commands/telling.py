"""What a long command says while it works."""

import sys


def tell(line: str) -> None:
    """Say *line* on stderr: stdout is for the result alone."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()
