#!/usr/bin/env bash
# comment.sh OUT: writes OUT/comment.md from every preview in OUT; posts it, or updates the comment posted before.
# Needs REPOSITORY, PULL_REQUEST and GH_TOKEN to post; without PULL_REQUEST it only writes the file.
set -euo pipefail
out=$1
marker='<!-- aks-cilium -->'
arguments=()
for file in "$out"/preview-*.json; do
    stack=${file##*/preview-}
    arguments+=(--preview "${stack%.json}=$file")
done
[ -d "$out/base" ] && arguments+=(--base "$out/base" --head .)
[ -f "$out/findings.json" ] && arguments+=(--findings "$out/findings.json")
npx aks-cilium comment "${arguments[@]}" > "$out/comment.md"
[ -n "${PULL_REQUEST:-}" ] || exit 0

api=repos/$REPOSITORY/issues
earlier=$(gh api --paginate "$api/$PULL_REQUEST/comments" --jq ".[] | select(.body | startswith(\"$marker\")) | .id" | head -n 1)
if [ -n "$earlier" ]; then
    gh api --silent -X PATCH "$api/comments/$earlier" -F "body=@$out/comment.md"
else
    gh api --silent "$api/$PULL_REQUEST/comments" -F "body=@$out/comment.md"
fi
