#!/usr/bin/env bash
# offline.sh OUT: what needs no cloud. Writes the findings of the checker and the policies at the pull request's base.
# BASE_SHA names the base commit; without it there is nothing to compare with.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
out=$1
mkdir -p "$out"
# The gate on findings is `npm test` and the comment; here they are only collected (exit 2 means "could not check").
aks_cilium check policies --format json > "$out/findings.json" || [ $? -eq 1 ]
if [ -n "${BASE_SHA:-}" ]; then
    mkdir -p "$out/base"
    # A base from before there were policies has none to compare with: everything is new.
    if git cat-file -e "$BASE_SHA:policies"; then git archive "$BASE_SHA" policies | tar -x -C "$out/base"; fi
fi
