#!/bin/sh
# Writes requirements/*.txt: one lock for Python 3.11 and newer, with hashes, without addresses or paths.
set -eu
cd "$(dirname "$0")/.."
export UV_CUSTOM_COMPILE_COMMAND="make lock"
compile() {
    .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --annotation-style line --no-emit-index-url --no-emit-find-links ${upgrade} "$@"
}
upgrade=${1:+--upgrade}
echo "runtime.txt …"; compile pyproject.toml -o requirements/runtime.txt
echo "test.txt …";    compile pyproject.toml --group test -c requirements/runtime.txt -o requirements/test.txt
echo "postgres.txt …"; compile --group postgres -c requirements/runtime.txt -o requirements/postgres.txt
echo "node.txt …";    compile --group node -o requirements/node.txt
