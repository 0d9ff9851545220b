#!/usr/bin/env bash
# up.sh STACK: brings the stack up under the guardrails, after the guard has seen what that would do.
# shellcheck source-path=SCRIPTDIR source=lib.sh
source "$(dirname "$0")/lib.sh"
stack=$1
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
"$(dirname "$0")/preview.sh" "$stack" "$out"
"$(dirname "$0")/guard.sh" "$out"
# Outputs are not printed: the log of a public repository is public.
pulumi up --yes --skip-preview --stack "$stack" --non-interactive --suppress-outputs "${packs[@]}"
