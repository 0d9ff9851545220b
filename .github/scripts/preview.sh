#!/usr/bin/env bash
# preview.sh STACK OUT: the preview of one stack under the guardrails, as OUT/preview-STACK.json. One that fails, or is
# refused, ends with pulumi's exit code and leaves what was said there for the comment, and on stderr for the log.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1 out=$2
mkdir -p "$out"
scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
code=0
# The digest of --json holds no violations; the event log does (the Automation API reads it the same way).
PULUMI_DEBUG_COMMANDS=true pulumi preview --json --stack "$stack" --non-interactive "${packs[@]}" \
    --event-log "$scratch/events.jsonl" > "$scratch/digest.json" 2> "$scratch/stderr.txt" || code=$?
node "$(dirname "$0")/preview-file.mjs" "$scratch" "$code" > "$out/preview-$stack.json"
exit "$code"
