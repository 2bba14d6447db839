#!/bin/sh
# system-packages.sh NAME...: see to it that these programs are there (chromium, nginx, redis-server, nats-server).
# Silent where they are. As root with apt-get it installs them; otherwise one sentence says what to install.
set -eu

# Debian's servers are in /usr/sbin, which not every user's PATH has.
PATH=$PATH:/usr/sbin:/sbin

present() {
    command -v "$1" >/dev/null 2>&1 && return
    # Chromium goes by several names.
    [ "$1" = chromium ] || return
    command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1
}

missing=""
for name in "$@"; do
    present "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null 2>&1 || [ "$(id -u)" -ne 0 ]; then
    echo "Please install$missing (on Debian: sudo apt-get install$missing), then run this again." >&2
    exit 1
fi

log=$(mktemp)
policy=/usr/sbin/policy-rc.d
ours=""
trap 'rm -f "$log" $ours' EXIT
trap 'exit 1' INT TERM
# Programs for tests, not services: nothing is started while they are installed, nor at the next start.
if [ ! -e "$policy" ]; then
    ours=$policy
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod +x "$policy"
fi
echo "Installing the system packages$missing"
export DEBIAN_FRONTEND=noninteractive
# The names are meant to be split into words.
# shellcheck disable=SC2086
if ! { apt-get update && apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 5 "$log" >&2
    echo "apt-get could not install$missing: please install what is missing by hand, then run this again." >&2
    exit 1
fi
if command -v systemctl >/dev/null 2>&1; then
    for name in $missing; do
        systemctl disable "$name" >/dev/null 2>&1 || true
    done
fi
