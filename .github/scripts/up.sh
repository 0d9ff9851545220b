#!/usr/bin/env bash
# up.sh STACK: brings the stack up, after the guard has seen what that would do.
set -euo pipefail
stack=$1
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
"$(dirname "$0")/preview.sh" "$stack" "$out"
"$(dirname "$0")/guard.sh" "$out"
pulumi up --yes --skip-preview --stack "$stack" --non-interactive --suppress-outputs
