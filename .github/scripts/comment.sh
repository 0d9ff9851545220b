#!/usr/bin/env bash
# comment.sh OUT: writes OUT/comment.md from every preview in OUT; posts it, or updates the comment posted before.
# STACKS (a JSON array) names those expected: one without a preview is said to have failed.
# Needs REPOSITORY, PULL_REQUEST and GH_TOKEN to post; without PULL_REQUEST it only writes the file.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
out=$1
for stack in $(node -p 'JSON.parse(process.env.STACKS || "[]").join(" ")'); do
    [ -e "$out/preview-$stack.json" ] && continue
    echo '{"steps":[],"diagnostics":[{"severity":"error","message":"There is no preview: the job ended before pulumi ran. Its log says why."}]}' \
        > "$out/preview-$stack.json"
done
find_previews "$out"
more=()
if [ -d "$out/base" ]; then more+=(--base "$out/base" --head .); fi
if [ -f "$out/findings.json" ]; then more+=(--findings "$out/findings.json"); fi
aks_cilium comment "${previews[@]}" "${more[@]}" > "$out/comment.md"
[ -n "${PULL_REQUEST:-}" ] || exit 0

api=repos/$REPOSITORY/issues
gh api --paginate --slurp "$api/$PULL_REQUEST/comments" > "$out/comments.json"
# The bot's own, by the mark in its first line; somebody who quotes it must not be overwritten.
earlier=$(node -p '
    const comments = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8")).flat();
    const mark = "<!-- aks-cilium -->";
    comments.find(({ body, user }) => user?.type === "Bot" && body?.startsWith(mark))?.id ?? ""' "$out/comments.json")
if [ -n "$earlier" ]; then
    gh api --silent --method PATCH "$api/comments/$earlier" --field "body=@$out/comment.md"
else
    gh api --silent --method POST "$api/$PULL_REQUEST/comments" --field "body=@$out/comment.md"
fi
