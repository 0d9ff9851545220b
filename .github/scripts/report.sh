#!/usr/bin/env bash
# report.sh STACK OUT: one issue for a stack with what drift.sh and verify.sh left in OUT: opened, updated when it is open
# already, closed when there is nothing left to say. Needs REPOSITORY and GH_TOKEN.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1 out=$2
title="Nightly findings in stack $stack"

body=$out/issue.md
: > "$body"
# Cut, because GitHub takes 65,536 characters.
if [ -s "$out/drift-$stack.md" ]; then
    printf '## Reality differs from the program\n\n' >> "$body"
    # shellcheck disable=SC2016 # the backticks are Markdown's
    printf 'What `pulumi up --refresh --stack %s` would put right, and `pulumi refresh` take over:\n\n' "$stack" >> "$body"
    head -c 40000 "$out/drift-$stack.md" >> "$body"
fi
if [ -s "$out/verify-$stack.txt" ]; then
    # Four backticks, because the text may hold three.
    fence='````'
    printf '\n## The cluster is not as it should be\n\n%s\n%s\n%s\n' "$fence" "$(head -c 20000 "$out/verify-$stack.txt")" "$fence" >> "$body"
fi

gh issue list --repo "$REPOSITORY" --state open --search "in:title \"$title\"" --json number,title --limit 100 > "$out/issues.json"
open=$(node -p '
    const issues = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    issues.find(({ title }) => title === process.argv[2])?.number ?? ""' "$out/issues.json" "$title")
if [ -s "$body" ]; then
    if [ -n "$open" ]; then
        gh issue edit "$open" --repo "$REPOSITORY" --body-file "$body"
    else
        gh issue create --repo "$REPOSITORY" --title "$title" --body-file "$body"
    fi
elif [ -n "$open" ]; then
    gh issue close "$open" --repo "$REPOSITORY" --comment "Nothing was found last night."
fi
