import type { Paint } from "../../cilium";
import type { DataPlaneCheck } from "./after";
import type { Found, Step } from "./plan";
import { NAMESPACE, WORKLOADS, type PodState, type Progress } from "./rollout";

/**
 * What has to be known before AKS's data plane is restarted.
 * Sources: AKS documentation, core-aks-concepts (managed components are reconciled) and
 * container-network-security-l7-policy-concepts (L7 sessions may be closed in a rollout); Cilium documentation,
 * "Upgrade guide" (the datapath goes on while an agent is away; the DNS proxy is part of it).
 */
export function caveats(found: readonly Found[], steps: readonly Step[]): string {
    const restarted = steps.filter(({ action }) => action === "restart").map(({ name }) => name);
    const agents = found.find(({ name }) => name === "cilium");
    const atOnce = agents?.workload.spec.updateStrategy?.rollingUpdate?.maxUnavailable ?? 1;
    const lines = [
        `The objects belong to AKS, which reconciles them: it may take the annotation away again, and the pods then roll once more.`,
        ...(restarted.includes("operator")
            ? [
                  `While cilium-operator is away, no policy is judged (Valid), and unused identities and endpoints stay.`,
              ]
            : []),
        ...(restarted.includes("cilium")
            ? [
                  `Agents restart ${atOnce === 1 ? "one node at a time" : `at most ${atOnce} nodes at a time`} (${agents?.progress.desired ?? 0} in all). Connections go on while an agent is away;`,
                  `new pods on its node wait, changes of policies wait, and connections through the L7 or DNS proxy`,
                  `(Advanced Container Networking Services: HTTP rules, toFQDNs) may be cut.`,
              ]
            : []),
    ];
    return lines.join("\n");
}

/** What will be done, one line a workload. */
export function planText(found: readonly Found[], steps: readonly Step[]): string {
    return steps
        .map(({ name, action }) => {
            const desired = found.find((each) => each.name === name)?.progress.desired ?? 0;
            const { kind, name: called } = WORKLOADS[name];
            const what = {
                restart: `restart, ${desired} ${desired === 1 ? "pod" : "pods"}`,
                follow: "a restart is on its way: follow it (--again starts another)",
                done: "restarted already by the run that is on its way",
            }[action];
            return `  ${kind} ${called}: ${what}`;
        })
        .join("\n");
}

/** What has happened to pods between two looks, one line each: a pod got ready, an old one ends. */
export function podLines(before: Progress | undefined, after: Progress): readonly string[] {
    const was = new Map(before?.pods.map((pod) => [pod.name, pod]));
    return after.pods.flatMap((pod) => {
        const old = was.get(pod.name);
        if (pod.reason === "is ending" && old?.reason !== "is ending") return [`${place(pod)} ends`];
        if (pod.current && pod.ready && old?.ready !== true)
            return [`${place(pod)} is ready (${after.ready} of ${after.desired})`];
        return [];
    });
}

/** The one line that says where a rollout is now. */
export function statusLine(called: string, progress: Progress): string {
    const waiting = progress.pods.filter(({ current, ready }) => current && !ready);
    const old = progress.pods.filter(({ current }) => !current).length;
    const parts = [
        `${called}: ${progress.ready} of ${progress.desired} restarted and ready`,
        ...(old === 0 ? [] : [`${old} old ${old === 1 ? "pod" : "pods"} left`]),
        ...waiting.slice(0, 2).map((pod) => `${pod.name} ${pod.reason ?? ""}`.trimEnd()),
    ];
    return parts.join(", ");
}

/** Why a rollout did not end in time, and how to look. */
export function timeoutText(called: string, progress: Progress, seconds: number): string {
    const { short, selector } =
        Object.values(WORKLOADS).find(({ name }) => name === called) ?? WORKLOADS.cilium;
    const stuck = progress.pods.filter(({ current, ready }) => !current || !ready);
    const lines = stuck.map((pod) => `  ${place(pod)}: ${pod.reason ?? "old, not replaced yet"}`);
    const first = stuck.find(({ current }) => current) ?? stuck[0];
    return [
        `${called} is not restarted after ${seconds} s: ${progress.ready} of ${progress.desired} pods are new and ready.`,
        ...(progress.failed === undefined ? [] : [`Kubernetes says: ${progress.failed}`]),
        ...lines,
        "It goes on in the cluster. Look:",
        `  kubectl get po -n ${NAMESPACE} -l ${selector} -o wide`,
        ...(first === undefined
            ? []
            : [
                  `  kubectl describe po ${first.name} -n ${NAMESPACE}`,
                  `  kubectl logs ${first.name} -n ${NAMESPACE} --all-containers --tail 50`,
              ]),
        `Back to the pods of before: kubectl rollout undo ${short} -n ${NAMESPACE}`,
    ].join("\n");
}

/** How far the restart of a workload had got: not begun, just being asked for (nobody knows), or begun. */
export type Begun = "no" | "maybe" | "yes";

/** What goes on without this command after Ctrl-C, and what does not begin any more. */
export function interruptedText(steps: readonly Step[], at: number, begun: Begun): string {
    const step = steps[at];
    const rest = steps.slice(begun === "no" ? at : at + 1).filter(({ action }) => action === "restart");
    const names = rest.map(({ name }) => WORKLOADS[name].name).join(" and ");
    const current = step === undefined ? undefined : WORKLOADS[step.name];
    const what = {
        no: [],
        maybe: [`Whether ${current?.name} was restarted is not known.`],
        yes: [`The restart of ${current?.name} goes on in the cluster by itself.`],
    }[begun];
    return [
        ["Interrupted.", ...what, ...(names === "" ? [] : [`Not restarted: ${names}.`])].join(" "),
        ...(begun === "no"
            ? []
            : [
                  `To watch it: kubectl rollout status ${current?.short} -n ${NAMESPACE}; running this command again follows it.`,
              ]),
    ].join("\n");
}

/** The data plane after a restart, one line a check. */
export function dataPlaneText(checks: readonly DataPlaneCheck[], paint: Paint): string {
    const word = { pass: "ok", fail: "FAIL", unknown: "?" } as const;
    const role = { pass: "good", fail: "bad", unknown: "warn" } as const;
    const lines = checks.flatMap(({ title, verdict, found, look }) => [
        `  ${paint(role[verdict], word[verdict].padEnd(4))}  ${title}: ${found}`,
        ...(look === undefined ? [] : [`        look: ${look}`]),
    ]);
    return `Data plane:\n${lines.join("\n")}\n`;
}

const place = ({ name, node }: PodState): string => (node === "" ? name : `${name} on ${node}`);
