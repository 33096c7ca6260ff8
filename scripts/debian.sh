#!/bin/sh
# Sees to it that Debian's packages named as arguments are there: installs them as root, else says how.
set -eu
missing=""
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
if [ "$(id -u)" != 0 ]; then
    echo "the tests need Debian's packages; as root: apt-get update && apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
echo "Debian packages:$missing …"
log=var/debian.log
mkdir -p var
# No service may start: the tests start their own mosquitto and nginx, on free ports.
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' >$policy
    chmod +x $policy
    trap 'rm -f $policy' EXIT INT TERM
fi
began=$(date +%s)
if ! { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends $missing; } >$log 2>&1
then
    tail -n 5 $log >&2
    echo "apt-get could not install$missing (all of it: $log)" >&2
    exit 1
fi
for service in mosquitto nginx; do
    case "$missing" in
    *" $service"*) [ ! -d /run/systemd/system ] || systemctl disable --quiet $service ;;
    esac
done
echo "Debian packages: done in $(($(date +%s) - began)) s"
