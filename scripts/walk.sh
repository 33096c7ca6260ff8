#!/bin/sh
# Walks docs/operations.md as it stands, in a fresh Debian 12 under a real systemd, and then breaks things.
#
#     sh scripts/walk.sh [FOLDER]      as root; wants systemd-container and debootstrap, and a way to Debian's packages
#
# FOLDER (default /var/tmp/sky-eye-walk) becomes the machine's disk and is made anew. What this machine needs to reach
# Debian, PyPI and npm (PIP_*, certificates, /opt/wheels, /opt/pypi*) is lent to it. Says each part, fails with the first.
set -eu
HERE=$(cd "$(dirname "$0")/.." && pwd)
DISK=${1:-/var/tmp/sky-eye-walk}
CERTIFICATES=/etc/ssl/certs/ca-certificates.crt
for need in systemd-nspawn debootstrap; do
    command -v $need >/dev/null || { echo "$need is missing: apt-get install systemd-container debootstrap" >&2; exit 69; }
done
[ "$(id -u)" = 0 ] || { echo "only root can boot a machine: sudo make walk" >&2; exit 77; }

say() { printf '== %s\n' "$*"; }
machine() { pgrep -P "$(pgrep -f "^systemd-nspawn -D $DISK " | head -n 1)" | head -n 1; }
inside() {
    nsenter -t "$(machine)" -a env -i HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        SSL_CERT_FILE=/opt/lent.crt PIP_CERT=/opt/lent.crt NODE_EXTRA_CA_CERTS=/opt/lent.crt \
        PIP_FIND_LINKS="${PIP_FIND_LINKS:-}" PIP_EXTRA_INDEX_URL="$(pip config get global.extra-index-url 2>/dev/null || true)" "$@"
}
# The blocks of one section of the guide, as one script; those of which a keeper chooses (no "sh") are left out.
section() {
    { echo "set -ex; NAME=sky-eye.example"
      awk -v want="## $1" '/^## /{on=($0==want)} on && /^```sh$/{go=1; next} /^```$/{go=0} on && go' "$HERE/docs/operations.md" \
          | sed 's#https://git.example/sky-eye.git#file:///srv/sky-eye#'; } >"$DISK/srv/part.sh"
    say "$1"
    inside bash /srv/part.sh >"$DISK/srv/part.log" 2>&1 || { tail -n 20 "$DISK/srv/part.log"; echo "stopped in: $1" >&2; exit 1; }
}
until_so() { # SECONDS COMMAND…: until it succeeds
    left=$(($1 * 2)); shift
    until inside sh -c "$*" >/dev/null 2>&1; do
        left=$((left - 1)); [ "$left" -gt 0 ] || { echo "never so: $*" >&2; exit 1; }
        sleep 0.5
    done
}

say "a fresh Debian in $DISK"
rm -rf "$DISK"
debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates,iproute2,netbase bookworm "$DISK" >/dev/null
printf '127.0.0.1 localhost %s\n::1 localhost\n' "$(hostname)" >"$DISK/etc/hosts"
git clone --quiet --bare "$HERE" "$DISK/srv/sky-eye"
touch "$DISK/opt/lent.crt"
lent="--bind-ro=$CERTIFICATES:/opt/lent.crt"
for folder in /opt/wheels /opt/pypi /opt/pypi-more; do
    [ ! -d $folder ] || { mkdir -p "$DISK$folder"; lent="$lent --bind-ro=$folder"; }
done
# shellcheck disable=SC2086 # each is a word of its own
systemd-nspawn -D "$DISK" --boot --register=no --keep-unit $lent >"$DISK.boot.log" 2>&1 &
trap 'pkill -f "^systemd-nspawn -D $DISK " || true' EXIT
for _ in $(seq 60); do sleep 0.5; [ -n "$(machine)" ] && inside systemctl is-active --quiet multi-user.target && break; done

for part in "Install" "People and the first wall" "Devices" "Backup, drill, restore" "Where the logs are"; do section "$part"; done

say "a device is heard over TLS"
inside apt-get install --yes --no-install-recommends mosquitto-clients >/dev/null 2>&1
inside sh -c 'PASSWORD=$(sed -n "s/^SL-201,//p" /root/device-passwords.csv | head -n 1)
    mosquitto_pub -h localhost -p 8883 --cafile /etc/sky-eye/tls/ca.pem -u SL-201 -P "$PASSWORD" -q 1 -t street/SL-201/telemetry -m "{\"power\": 61.5}"'
until_so 20 "sky-eye check | grep 'newest reading 2'"

say "a hung ingest is started again by its watchdog; a killed one, and a killed dashboard, too"
inside sh -c 'systemctl show -p MainPID --value sky-eye-ingest >/tmp/old; kill -STOP $(cat /tmp/old)'
until_so 60 'NEW=$(systemctl show -p MainPID --value sky-eye-ingest); [ "$NEW" != "$(cat /tmp/old)" ] && [ "$NEW" != 0 ]'
inside sh -c 'for unit in ingest dashboard; do kill -9 $(systemctl show -p MainPID --value sky-eye-$unit); done'
until_so 30 "systemctl is-active sky-eye-ingest sky-eye-dashboard"

say "a wrong configuration stays down with 78, and a right one comes up"
inside sh -c 'cp /etc/sky-eye/config.yaml /tmp/right.yaml; sed -i "s/^  port: 8883/  port: many/" /etc/sky-eye/config.yaml
    systemctl restart sky-eye-ingest || true'
until_so 10 "systemctl show -p ExecMainStatus --value sky-eye-ingest | grep -x 78"
inside sh -c 'cp /tmp/right.yaml /etc/sky-eye/config.yaml; systemctl reset-failed sky-eye-ingest; systemctl restart sky-eye-ingest'
until_so 10 "systemctl is-active sky-eye-ingest"
until_so 10 '[ "$(systemctl --failed --no-legend | wc -l)" = 0 ]'
say "walked: nothing failed"
