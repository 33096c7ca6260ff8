#!/bin/sh
# `make test`: what the tests need, every rule of the house, every test, and coverage. pytest's summary comes last.
cd "$(dirname "$0")/.." || exit 1
sh scripts/debian.sh mosquitto chromium fonts-noto-cjk postgresql nginx || exit 1
sh scripts/check.sh || exit 1

out=var/test
mkdir -p $out
postgres=$(sh scripts/postgres.sh start) || exit 1
trap 'sh scripts/postgres.sh stop "$postgres"' EXIT
STREET_TEST_POSTGRES=$(cat "$postgres/url")
export STREET_TEST_POSTGRES
# Most tests wait more than they work: three at once. Browsers and faults have the machine to themselves.
run() {
    name=$1; shift
    { .venv/bin/python -m pytest --junit-xml=$out/$name.xml --cov --cov-append --cov-report= "$@" 2>&1 || echo $? >$out/status
    } | tee $out/$name.txt
}
rm -f .coverage $out/status
run junit -n 3 --dist loadfile --ignore=tests/house --ignore=tests/journeys --ignore=tests/faults "$@"
run journeys tests/journeys tests/faults
.venv/bin/python -m coverage xml -q -o $out/cobertura.xml
status=$(cat $out/status 2>/dev/null || echo 0)

# What each package promises [% of branches and lines].
for promise in street:95 ingest:95 layouts:90 dashboard:90; do
    .venv/bin/python -m coverage report --format=total --include="${promise%:*}/*" --fail-under="${promise#*:}" \
        >$out/total.txt 2>&1 && mark=ok || { mark="below ${promise#*:} %"; status=$((status ? status : 1)); }
    printf 'coverage of %-10s %s %%  %s\n' "${promise%:*}" "$(head -n 1 $out/total.txt)" "$mark"
done
tail -qn 1 $out/junit.txt $out/journeys.txt
exit $status
