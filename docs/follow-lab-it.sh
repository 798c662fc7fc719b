#!/bin/sh
# Follows docs/lab-it.md word by word: every sh block, in order, on a new Debian with systemd, in a container without a network.
#
#     docs/follow-lab-it.sh target/release /var/tmp/clean        # as root; the second folder is made, and may be removed afterwards
#
# Ends with 0 when every command did; otherwise it names the step that failed. What was seen is in FOLDER/root/seen.log.
# Needs Debian with debootstrap and systemd-container, and the programs in the first folder. SUITE=trixie follows it on Debian 13.
set -eu
programs=$(realpath "$1")
folder=$2
here=$(realpath "$(dirname "$0")/..")
guide=$here/docs/lab-it.md

if [ ! -e "$folder" ]; then
    debootstrap --variant=minbase --include=ca-certificates,dbus,systemd-sysv "${SUITE:-bookworm}" "$folder" http://deb.debian.org/debian
fi
install -m 755 -t "$folder/usr/local/bin" "$programs/bauta-issuer" "$programs/bauta-authority" "$programs/bauta-wallet"
install -D -m 644 -t "$folder/usr/local/share/bauta" "$here"/issuer/packaging/*
# The container has no network: what the guide installs is fetched beforehand, and installed there.
chroot "$folder" apt-get update --quiet
chroot "$folder" $(grep '^apt-get install' "$guide") --download-only --quiet

# Each block begins with the line of the guide and its heading, which the trap names.
{
    echo 'set -Eeuo pipefail'
    echo 'trap '\''echo "FAILED: line $line, $heading: $BASH_COMMAND"'\'' ERR'
    awk -v quote="'" '
        /^#/ && !inside { heading = $0; gsub(quote, "", heading) }
        /^```/ && inside { inside = 0; next }
        inside { print }
        /^```sh$/ { inside = 1; printf "line=%d heading=%s%s%s\necho \"=== line $line, $heading\"\n", NR, quote, heading, quote }
    ' "$guide"
    echo 'echo "FOLLOWED TO THE END"'
} > "$folder/root/guide.bash"

cat > "$folder/etc/systemd/system/follow.service" <<'END'
[Unit]
After=multi-user.target
SuccessAction=exit
FailureAction=exit
[Service]
Type=oneshot
Environment=HOME=/root
WorkingDirectory=/root
ExecStart=/bin/bash /root/guide.bash
StandardOutput=truncate:/root/seen.log
StandardError=inherit
[Install]
WantedBy=multi-user.target
END
systemctl --root="$folder" enable --quiet follow.service

SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --directory="$folder" --boot --private-network --register=no --keep-unit \
    --console=read-only > "$folder/root/boot.log" 2>&1 < /dev/null || true
grep -c '^=== ' "$folder/root/seen.log" | sed 's/$/ steps were begun/'
tail -n 3 "$folder/root/seen.log"
grep -qx 'FOLLOWED TO THE END' "$folder/root/seen.log"
