#!/usr/bin/env bash
# drift.sh STACK OUT: looks at what is really there, without writing, and expects no change. What differs is left in
# OUT/drift-STACK.md, as the change that would put it right. Exits 0 without drift, 1 with drift, 2 when it could not be
# found out. Not `pulumi refresh`: that one also reports what nobody set, such as the patch that AKS upgraded to by itself.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1 out=$2
mkdir -p "$out"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
code=0
pulumi preview --refresh --json --stack "$stack" --non-interactive > "$scratch/digest.json" 2> "$scratch/stderr.txt" || code=$?
node "$(dirname "$0")/preview-file.mjs" "$scratch" "$code" > "$scratch/preview.json"
# As in a pull request's comment, without its mark and headline: nobody asked about flows.
aks_cilium comment --preview "$stack=$scratch/preview.json" | sed 1,3d > "$out/drift-$stack.md"
cat "$out/drift-$stack.md"
if [ "$code" -ne 0 ]; then exit 2; fi
node -e '
    const { changeSummary = {} } = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const quiet = ["same", "read", "refresh"];
    process.exit(Object.entries(changeSummary).some(([op, count]) => count > 0 && !quiet.includes(op)) ? 1 : 0)' \
    "$scratch/preview.json"
rm "$out/drift-$stack.md"
