#!/bin/sh
# `make check`: every rule of the house, cheapest first. All are run; the end says which failed.
cd "$(dirname "$0")/.." || exit 1
failed=""
check() {
    name=$1; shift
    began=$(date +%s%N)
    if output=$("$@" 2>&1); then mark=ok; else mark=FAILED; failed="$failed $name"; fi
    printf '%-16s %-7s %4d ms\n' "$name" "$mark" $((($(date +%s%N) - began) / 1000000))
    [ "$mark" = ok ] || printf '%s\n' "$output"
}
py=.venv/bin/python
node=$(command -v node || echo .venv/bin/node)

check format       $py -m ruff format --check .
check lint         $py -m ruff check --output-format concise .
check spelling     $py -m codespell_lib
check dead-code    $py -m vulture
check dependencies $py -m deptry .
check arrow        $py -c 'from importlinter.cli import lint_imports_command as run; run()' --no-logo --cache-dir var/import-linter
check types        $py -m mypy
check javascript   "$node" --test tests/js/
check house        $py -m pytest -q --tb=line -p no:randomly tests/house
[ -z "$failed" ] || { echo "failed:$failed"; exit 1; }
