#!/usr/bin/env bash
# verify.sh STACK OUT: is the cluster of a stack as it should be? What is not is left in OUT/verify-STACK.txt. Exits as
# `aks-cilium verify` does: 0 good, 1 a failed check, 2 could not be found out.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1 out=$2
mkdir -p "$out"
file=$out/verify-$stack.txt
code=0
aks_cilium verify --stack "$stack" > "$file" 2> "$out/verify-stderr.txt" || code=$?
cat "$file"
cat "$out/verify-stderr.txt" >&2
if [ ! -s "$file" ]; then cp "$out/verify-stderr.txt" "$file"; fi
rm "$out/verify-stderr.txt"
if [ "$code" -eq 0 ]; then rm "$file"; fi
exit "$code"
