#!/usr/bin/env bash
# drift.sh STACK OUT: looks at what is really there, without writing, and expects no change. What differs is left in
# OUT/drift-STACK.txt. Exits 0 without drift, 1 with drift, 2 when it could not be found out.
# Not `pulumi refresh`: that one also reports what nobody set, such as the patch that AKS upgraded to by itself.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1 out=$2
mkdir -p "$out"
file=$out/drift-$stack.txt
if pulumi preview --refresh --expect-no-changes --diff --suppress-outputs --stack "$stack" --non-interactive > "$file" 2>&1; then
    rm "$file"
    exit 0
fi
cat "$file"
if grep -q 'no changes were expected but changes' "$file"; then exit 1; fi
exit 2
