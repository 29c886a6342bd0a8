#!/bin/sh
# Records what Slurm gave to the job that runs this, into a new folder below $1: the job's environment, where it runs, and
# what Slurm's own commands say of it. The folder gets its name when everything is in it.
set -eu
umask 022
folder=$(mktemp -d "$1/.XXXXXXXX")
env -0 >"$folder/env"
hostname >"$folder/host"
scontrol show job --details "$SLURM_JOB_ID" >"$folder/details"
# Every hostlist in it, with the names that it stands for.
sed -n 's/^ *\(NodeList\|Nodes\)=\([^ ]*\).*/\2/p' "$folder/details" | sort -u | while read -r list; do
  test "$list" = '(null)' || echo "$list" $(scontrol show hostnames "$list")
done >"$folder/hostnames"
chmod 755 "$folder"
mv "$folder" "$1/${folder##*/.}"
