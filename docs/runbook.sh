#!/usr/bin/env bash
# The runbook of Azure CNI Powered by Cilium, R1 to R14, command for command, with the real az and kubectl, against the
# rehearsal that runs on this machine. Every output is checked against what the runbook expects.
#
#     npm run rehearse          # once; what it started is enough
#     docs/runbook.sh           # -v prints every output; loc=… vmsize=… docs/runbook.sh chooses place and size
#
# It can be run again: its own resource group `rgcni` is removed first, other clusters of the rehearsal are left alone.
# Your ~/.azure and ~/.kube stay as they are, and nothing but this machine is reached. The cluster stays for looking
# around. Exit codes: 0 all passed, 1 some failed, 2 could not be done.

# $loc and $vmsize stand as in the runbook, without quotes; functions are called by name through run_until:
# shellcheck disable=SC2086,SC2317
set -uo pipefail
export LC_ALL=C

loc=${loc:-westeurope}
vmsize=${vmsize:-Standard_B2s}
readonly nodes=1 limit=300 patience=90
verbose=0 passed=0 failed=0 out='' err='' code=0

stop() {
    printf 'runbook: %s\n' "$1" >&2
    exit 2
}

while (($#)); do
    case $1 in
        -v | --verbose) verbose=1 ;;
        -h | --help) sed -n '2,/^$/s/^# \{0,1\}//p' "$0" && exit 0 ;;
        *) stop "unknown option $1; there are -v (every output) and -h" ;;
    esac
    shift
done

cd "$(dirname "$0")/.." || exit 2
for tool in npm timeout awk; do
    command -v "$tool" >/dev/null || stop "$tool is not on PATH"
done
# What is missing was said by the command itself.
environment=$(npm run -s rehearse -- env) || exit 2
# Settings of a real account (output format, default group, login) have no say here.
unset "${!AZURE_@}" "${!ARM_@}"
eval "$environment"
az=$(npm run -s rehearse -- az --where) || exit 2

readonly work=$AKS_CILIUM_REHEARSAL/runbook
rm -rf "$work"
mkdir -m 700 "$work" || exit 2
export HOME=$work AZURE_CONFIG_DIR=$work/azure KUBECONFIG=$work/kubeconfig
export AZURE_CORE_COLLECT_TELEMETRY=false AZURE_CORE_NO_COLOR=true AZURE_EXTENSION_USE_DYNAMIC_INSTALL=no
# Whatever is not on loopback goes to a proxy that does not exist.
export http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9 all_proxy=http://127.0.0.1:9
export HTTP_PROXY=$http_proxy HTTPS_PROXY=$https_proxy ALL_PROXY=$all_proxy
export no_proxy=127.0.0.1,localhost NO_PROXY=127.0.0.1,localhost

az() { "$az" "$@"; }
for name in management resource-manager active-directory active-directory-resource-id; do
    endpoints+=("--endpoint-$name" "$ARM_ENDPOINT")
done
{
    az cloud register --name rehearsal --skip-endpoint-discovery "${endpoints[@]}" &&
        az cloud set --name rehearsal &&
        az login --identity
} >"$work/log" 2>&1 || stop "az could not log in to the rehearsal: $(tail -n 1 "$work/log")"

# run COMMAND…: runs a line of the runbook; leaves $out, $err and $code.
run() {
    printf '$ %s\n' "$*"
    again "$@"
    ((verbose)) && printf '%s\n' "$out" "$err" | sed '/^$/d; s/^/    /'
    return 0
}

# The same without a word. az is the one found above: timeout runs programs, not functions.
again() {
    local program=$1
    shift
    [[ $program == az ]] && program=$az
    timeout --kill-after=10 $limit "$program" "$@" >"$work/out" 2>"$work/err"
    code=$? out=$(<"$work/out") err=$(<"$work/err")
}

# run_until CHECK COMMAND…: runs it until CHECK holds of $out: pods come up in their own time.
run_until() {
    local check=$1 end=$((SECONDS + patience))
    shift
    printf '$ %s\n' "$*"
    again "$@"
    until "$check" || ((SECONDS > end)); do
        sleep 1
        again "$@"
    done
    ((verbose)) && printf '%s\n' "$out" "$err" | sed '/^$/d; s/^/    /'
    return 0
}

# expect STEP WHAT EXPECTED FOUND
expect() {
    if [[ $3 == "$4" ]]; then
        passed=$((passed + 1))
        printf 'ok  %-3s %s: %s\n' "$1" "$2" "$3"
    else
        failed=$((failed + 1))
        printf 'FAIL %-3s %s: expected %s, found %s\n' "$1" "$2" "$3" "${4:-nothing}"
        ((code == 0)) || printf '%s\n' "$err" | tail -n 3 | sed 's/^/         /'
    fi
}

finish() {
    printf '%s passed, %s failed\n' "$passed" "$failed"
    ((failed == 0 && passed > 0))
    exit
}

# value PATH: what stands at a path (networkProfile.podCidr) of the JSON in $out.
value() {
    node -e '
        let value = JSON.parse(require("fs").readFileSync(0, "utf8"));
        for (const key of process.argv[1].split(".")) value = value?.[key];
        console.log(value ?? "");
    ' "$1" <<<"$out" 2>/dev/null
}

# Names in the first column of `kubectl get`, one line, without what Kubernetes appends to them.
names() {
    awk '$1 ~ /\// { print $1 }' <<<"$out" |
        sed -E 's#(cilium-operator)-.*#\1#; s#^(pod/cilium)-[a-z0-9]{5}$#\1#' | sort | tr '\n' ' ' | sed 's/ $//'
}

# pods WHICH: names of pods in $out: `cilium` those of the DaemonSet, `cilium-operator` those of the Deployment.
pods() { awk -v which="$1" '/^cilium-/ && (($1 ~ /^cilium-operator-/) == (which == "cilium-operator")) { print $1 }' <<<"$out"; }

# Names of pods in $out that do not run or are not ready; "none" when there is no such pod among at least one.
unready() {
    awk '$1 != "NAME" && NF > 2 {
        seen = 1
        split($2, ready, "/")
        if (ready[1] != ready[2] || $3 != "Running") bad = bad " " $1
    } END { print seen ? (bad == "" ? "none" : substr(bad, 2)) : "no pods" }' <<<"$out"
}

# lacking LINES LABEL…: which of the labels are missing in any of the lines, whose last column is labels.
lacking() {
    local lines=$1 label missing=''
    shift
    [[ -n $lines ]] || { echo 'no such line' && return; }
    for label in "$@"; do
        awk -v want=",$label," 'index("," $NF ",", want) == 0 { lacks = 1 } END { exit lacks }' <<<"$lines" ||
            missing+=" $label"
    done
    missing=${missing# }
    echo "${missing:-none}"
}

# lines START: those of $out that start so.
lines() { awk -v start="$1" 'index($0, start) == 1' <<<"$out"; }

again az group exists -n rgcni
if [[ $out == true ]]; then
    run az group delete -n rgcni --yes
    ((code == 0)) || stop "the group of an earlier run could not be removed: $err"
fi

run az group create -n rgcni -l $loc
expect R1 'the group exists' Succeeded "$(value properties.provisioningState)"

run az aks create -g rgcni -n aks --network-plugin azure --network-plugin-mode overlay --pod-cidr 192.168.0.0/16 --network-dataplane cilium -s $vmsize -c 1
expect R2 'the cluster' Succeeded "$(value provisioningState)"
expect R2 'one pool, its nodes and size' "$nodes $vmsize" "$(value agentPoolProfiles.0.count) $(value agentPoolProfiles.0.vmSize)"
expect R2 'the pod range' 192.168.0.0/16 "$(value networkProfile.podCidr)"

run az aks get-credentials -g rgcni -n aks --overwrite-existing
expect R3 'the kubeconfig entry' aks "$(kubectl config get-contexts -o name 2>/dev/null | grep -x aks)"
expect R3 'the current context' aks "$(kubectl config current-context 2>/dev/null)"
if ((failed > 0)); then
    printf 'R4 to R14 were not run: there is no cluster to run them on.\n'
    finish
fi

for field in networkDataplane=cilium networkPlugin=azure networkPluginMode=overlay networkPolicy=cilium; do
    run az aks show -g rgcni -n aks --query networkProfile.${field%%=*}
    expect R4 "${field%%=*}" "\"${field#*=}\"" "$out"
done

all_ready() { [[ $(unready) == none && -n $(pods cilium) && -n $(pods cilium-operator) ]]; }
run_until all_ready kubectl get po -n kube-system --show-labels
before=$(pods cilium) operators=$(pods cilium-operator)
expect R5 'pods cilium-*' $nodes "$(grep -c . <<<"$before")"
expect R5 'labels that cilium-* lacks' none \
    "$(lacking "$(lines cilium- | grep -v '^cilium-operator-')" k8s-app=cilium kubernetes.azure.com/ebpf-dataplane=cilium kubernetes.azure.com/managedby=aks)"
expect R5 'pods cilium-operator-*' 1 "$(grep -c . <<<"$operators")"
expect R5 'labels that cilium-operator-* lacks' none \
    "$(lacking "$(lines cilium-operator-)" io.cilium/app=operator name=cilium-operator kubernetes.azure.com/ebpf-dataplane=cilium kubernetes.azure.com/managedby=aks)"
expect R5 'pods not running or not ready' none "$(unready)"

run kubectl get all -n kube-system -l kubernetes.azure.com/ebpf-dataplane=cilium
expect R6 'both pods and the ReplicaSet' 'pod/cilium pod/cilium-operator replicaset.apps/cilium-operator' "$(names)"

run kubectl get all -n kube-system -l k8s-app=cilium
expect R7 'the pod and the DaemonSet' 'daemonset.apps/cilium pod/cilium' "$(names)"
expect R7 'desired, current, ready' "$nodes $nodes $nodes" "$(lines daemonset.apps/cilium | awk '{ print $2, $3, $4 }')"

run kubectl get all -n kube-system --show-labels
out=$(grep cili <<<"$out")
for object in daemonset.apps/cilium deployment.apps/cilium-operator; do
    expect R8 "labels that $object lacks" none \
        "$(lacking "$(lines "$object ")" app.kubernetes.io/managed-by=Helm kubernetes.azure.com/managedby=aks)"
done

run kubectl api-resources
out=$(grep cilium <<<"$out")
for resource in ciliumnetworkpolicies=cnp ciliumclusterwidenetworkpolicies=ccnp ciliumendpoints=cep ciliumidentities= ciliumnodes=cn ciliumcidrgroups=ccg; do
    # NAME, SHORTNAMES (may be none), APIVERSION, NAMESPACED, KIND
    found=$(awk -v name="${resource%%=*}" '$1 == name && $(NF - 2) ~ /^cilium\.io\// { print $1 "=" (NF > 4 ? $2 : "") }' <<<"$out")
    if [[ -z ${resource#*=} ]]; then
        expect R9 'a resource of cilium.io' "${resource%%=*}" "${found%%=*}"
    else
        short=$(tr , '\n' <<<"${found#*=}" | grep -x "${resource#*=}")
        expect R9 'a resource of cilium.io, its short name' "${resource/=/ }" "${found%%=*} $short"
    fi
done

run kubectl rollout restart ds cilium -n kube-system
expect R10 'the answer' 'daemonset.apps/cilium restarted' "$out"

run kubectl rollout restart deploy cilium-operator -n kube-system
expect R11 'the answer' 'deployment.apps/cilium-operator restarted' "$out"

# Ready pods in a stream of `kubectl get po -w` that were not there before.
fresh() {
    awk -v old=" $(tr '\n' ' ' <<<"$1")" '$1 != "NAME" && index(old, " " $1 " ") == 0 {
        split($2, ready, "/")
        if ($3 == "Running" && ready[1] == ready[2] && !($1 in seen)) { seen[$1]; count++ }
    } END { print count + 0 }'
}

printf '$ kubectl get po -n kube-system -l k8s-app=cilium -w\n'
: >"$work/watch"
timeout $patience kubectl get po -n kube-system -l k8s-app=cilium -w >"$work/watch" 2>"$work/err" &
watch=$!
until (($(fresh "$before" <"$work/watch") >= nodes)) || ! kill -0 $watch 2>/dev/null; do
    sleep 0.5
done
kill $watch 2>/dev/null
wait $watch 2>/dev/null
((verbose)) && sed 's/^/    /' "$work/watch"
expect R12 'new cilium pods became ready' $nodes "$(fresh "$before" <"$work/watch")"

replaced() { [[ $(unready) == none && $(fresh "$operators" <<<"$out") -ge 1 && $(pods cilium-operator | grep -c .) == 1 ]]; }
run_until replaced kubectl get po -n kube-system -l io.cilium/app=operator
expect R12 'new operators are ready' 1 "$(fresh "$operators" <<<"$out")"
expect R12 'pods not running or not ready' none "$(unready)"

# A new cluster has no policies to list: two of the samples go there.
again kubectl apply -f policies/clusterwide/deny-metadata.yaml -f policies/namespaces/shop/namespace.yaml \
    -f policies/namespaces/shop/default-deny.yaml
((code == 0)) || printf 'The sample policies could not be applied: %s\n' "$err"

judged() { grep -q 'True$' <<<"$out"; }
run_until judged kubectl get ccnp
expect R13 'the policy of the whole cluster, its VALID' 'deny-metadata True' "$(awk '$1 != "NAME" { print $1, $NF }' <<<"$out")"

run_until judged kubectl get cnp -A
expect R14 'the policy of a namespace, its VALID' 'shop default-deny True' "$(awk '$1 != "NAMESPACE" { print $1, $2, $NF }' <<<"$out")"

cat <<END
The cluster stays. To look around: KUBECONFIG=$KUBECONFIG kubectl get po -A
To remove it: npm run rehearse -- az group delete -n rgcni --yes
END
finish
