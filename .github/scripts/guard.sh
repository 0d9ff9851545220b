#!/usr/bin/env bash
# guard.sh OUT: fails when a preview in OUT replaces or deletes what holds data or identity without an unlock.
set -euo pipefail
out=$1
arguments=()
for file in "$out"/preview-*.json; do
    stack=${file##*/preview-}
    arguments+=(--preview "${stack%.json}=$file")
done
npx aks-cilium guard "${arguments[@]}"
