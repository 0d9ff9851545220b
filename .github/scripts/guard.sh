#!/usr/bin/env bash
# guard.sh OUT: fails when a preview in OUT replaces or deletes what holds data or identity without an unlock.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
find_previews "$1"
aks_cilium guard "${previews[@]}"
