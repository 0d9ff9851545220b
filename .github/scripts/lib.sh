# shellcheck shell=bash
# Sourced by the scripts beside it: what they share. `tools` is the checkout they are part of, which is not the caller's when
# another repository uses the workflows.
set -euo pipefail
tools=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# The command line of that very checkout: npx would ask the registry where it is not installed.
aks_cilium() { node "$tools/cli/bin/aks-cilium.js" "$@"; }

# Adds `--policy-pack …` to the array `packs`: guardrails/, or the folder in POLICY_PACK (empty for none), with the levels
# of the file in POLICY_PACK_CONFIG.
packs=()
pack=${POLICY_PACK-$tools/guardrails}
if [ -n "$pack" ]; then
    packs+=(--policy-pack "$pack")
    if [ -n "${POLICY_PACK_CONFIG:-}" ]; then packs+=(--policy-pack-config "$POLICY_PACK_CONFIG"); fi
fi

# Adds `--preview STACK=FILE` to the array `previews` for every preview in a folder.
previews=()
find_previews() {
    local file stack
    for file in "$1"/preview-*.json; do
        [ -e "$file" ] || continue
        stack=${file##*/preview-}
        previews+=(--preview "${stack%.json}=$file")
    done
    if [ "${#previews[@]}" -gt 0 ]; then return 0; fi
    echo "$1 holds no preview-STACK.json: run preview.sh first" >&2
    exit 2
}
