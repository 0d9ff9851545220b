#!/usr/bin/env bash
# drift.sh STACK OUT: refreshes without writing and expects no change. What differs is left in OUT/drift-STACK.txt.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"
if ! pulumi preview --refresh --expect-no-changes --diff --stack "$stack" --non-interactive > "$out/drift-$stack.txt" 2>&1; then
    cat "$out/drift-$stack.txt"
    exit 1
fi
