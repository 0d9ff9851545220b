#!/usr/bin/env bash
# preview.sh STACK OUT: the preview of one stack as JSON. A preview that fails still leaves what it said for the comment.
set -euo pipefail
stack=$1 out=$2
mkdir -p "$out"
pulumi preview --json --stack "$stack" --non-interactive > "$out/preview-$stack.json"
