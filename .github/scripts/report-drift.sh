#!/usr/bin/env bash
# report-drift.sh STACK OUT: opens one issue about the drift of a stack, or updates the one that is open.
set -euo pipefail
stack=$1 out=$2
title="Drift in stack $stack"
{
    echo "The nightly refresh of stack \`$stack\` found differences between the program and reality."
    echo
    echo '```'
    head -c 60000 "$out/drift-$stack.txt"
    echo '```'
} > "$out/issue.md"
open=$(gh issue list --repo "$REPOSITORY" --state open --search "in:title \"$title\"" --json number,title --jq ".[] | select(.title == \"$title\") | .number" | head -n 1)
if [ -n "$open" ]; then
    gh issue edit --repo "$REPOSITORY" "$open" --body-file "$out/issue.md"
else
    gh issue create --repo "$REPOSITORY" --title "$title" --body-file "$out/issue.md"
fi
