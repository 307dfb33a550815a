#!/bin/sh
# Makes a container of Debian on a Proxmox VE host and installs @title@ in it:
#
#   sh @name@.sh [--id NUMBER] [--storage NAME] [--bridge NAME] [--memory MB] [--disk GB]
#
# The container is unprivileged and gets its address by DHCP. If something fails, it is destroyed again.
set -eu

ID=
STORAGE=local-lvm
BRIDGE=vmbr0
MEMORY=@memory_mb@
DISK=@disk_gb@
INSTALL=@releases@/latest/download/install.sh
HOST=${INSTALL#https://}
HOST=${HOST%%/*}

fail() {
    printf '%s\n' "$*" >&2
    exit 1
}

while [ $# -gt 0 ]; do
    case $1 in
    -h | --help)
        sed -n '2,6s/^# \{0,1\}//p' "$0"
        exit 0
        ;;
    --id | --storage | --bridge | --memory | --disk) [ $# -gt 1 ] || fail "$1 needs a value" ;;
    *) fail "$1 is unknown; --help lists what there is" ;;
    esac
    case $1 in
    --id) ID=$2 ;;
    --storage) STORAGE=$2 ;;
    --bridge) BRIDGE=$2 ;;
    --memory) MEMORY=$2 ;;
    --disk) DISK=$2 ;;
    esac
    shift 2
done
command -v pct >/dev/null || fail "This runs on a Proxmox VE host: there is no pct here."
[ "$(id -u)" = 0 ] || fail "Run this as root."
[ -n "$ID" ] || ID=$(pvesh get /cluster/nextid)

pveam update >/dev/null
template=$(pveam available --section system | awk '$2 ~ /^debian-1[23]-standard/ { print $2 }' | sort -V | tail -n 1)
[ -n "$template" ] || fail "Proxmox offers no template of Debian."
pveam list local | grep -q "$template" || pveam download local "$template"

echo "Making container $ID"
pct create "$ID" "local:vztmpl/$template" --hostname @name@ --unprivileged 1 --features nesting=1 --onboot 1 \
    --memory "$MEMORY" --swap 0 --cores 1 --rootfs "$STORAGE:$DISK" --net0 "name=eth0,bridge=$BRIDGE,ip=dhcp"
trap 'pct stop "$ID" || :; pct destroy "$ID"' EXIT
pct start "$ID"
ready=no
for _ in $(seq 30); do
    if pct exec "$ID" -- getent hosts "$HOST" >/dev/null 2>&1; then
        ready=yes
        break
    fi
    sleep 1
done
[ "$ready" = yes ] || fail "The container has no network."
pct exec "$ID" -- sh -c "apt-get -qq update && apt-get -qq install --yes curl ca-certificates >/dev/null"
pct exec "$ID" -- sh -c "curl -fsSL $INSTALL | sh -s -- --host 0.0.0.0"
trap - EXIT
echo "@title@ is at http://$(pct exec "$ID" -- hostname -I | awk '{ print $1 }'):@port@/"
