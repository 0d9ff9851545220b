import type { ManifestDocument, Path } from "../manifest/document";
import type { Endpoint, ServiceDefinition } from "../reachability/types";
import { documentId, finding, type Finding } from "../validation/finding";
import { fieldReader } from "./fields";
import { endpointIds } from "./names";
import { asMember, controllerLabels, deploymentOf, factsKey, ownerOf, type Owner } from "./owners";
import { readPod, type PodFacts } from "./pods";
import { readService } from "./services";
import { isSystemNamespace } from "./system";

/** What runs in a cluster, as far as its policies are concerned. */
export interface Workloads {
    /** One for each workload, in input order. */
    readonly endpoints: readonly Endpoint[];
    readonly services: readonly ServiceDefinition[];
    /** Labels of every Namespace object that was given. */
    readonly namespaces: ReadonlyMap<string, Readonly<Record<string, string>>>;
    /** W01 (a field the API server would refuse) and W02 (declared twice); a caller should not go on with any. */
    readonly problems: readonly Finding[];
}

/** Where each kind keeps its pod template. */
const TEMPLATES: Readonly<Record<string, Path>> = {
    Pod: [],
    Deployment: ["spec", "template"],
    StatefulSet: ["spec", "template"],
    DaemonSet: ["spec", "template"],
    ReplicaSet: ["spec", "template"],
    Job: ["spec", "template"],
    CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** A workload on its way to becoming an endpoint. */
interface Candidate extends Owner {
    readonly namespace: string;
    readonly document: ManifestDocument;
    readonly facts: PodFacts;
    /** Of a live Pod that belongs to nothing. */
    readonly ip?: string | undefined;
}

/**
 * Reads workloads from manifests and from dumps of a live cluster (`kubectl get … -o json`); other kinds are passed
 * over.
 *
 * In a dump, pods, ReplicaSets and Jobs fold into the workload that owns them, even if the dump lacks it; finished pods
 * and Jobs are left out. Running pods outrank the template they came from, since admission webhooks add labels: where
 * all pods of a workload agree, the workload has their labels; a pod that differs from its siblings (a rollout on its
 * way) stands by itself under its own name.
 *
 * A document without a namespace is in `default`, where kubectl would put it.
 */
export function readWorkloads(documents: readonly ManifestDocument[]): Workloads {
    const problems: Finding[] = [];
    const namespaces = new Map<string, Readonly<Record<string, string>>>();
    const services: ServiceDefinition[] = [];
    const declared = new Map<string, Candidate>();
    const owned: { readonly owner: Owner; readonly member: Candidate }[] = [];
    const seen = new Map<string, ManifestDocument>();

    for (const document of documents) {
        const { kind } = document;
        const template = TEMPLATES[kind];
        if (template === undefined && kind !== "Namespace" && kind !== "Service") continue;
        if (!isNamed(document, problems) || isRepeated(document, seen, problems)) continue;
        if (kind === "Namespace") {
            namespaces.set(document.name, fieldReader(document, problems).stringMap(["metadata", "labels"]));
        } else if (kind === "Service") {
            services.push(readService(document, problems));
        } else if (template !== undefined && !isFinished(document)) {
            const candidate = readCandidate(document, template, problems);
            const owner = ownerOf(document);
            if (owner === undefined) declared.set(candidateKey(candidate), candidate);
            else owned.push({ owner, member: candidate });
        }
    }

    const candidates = foldOwned(declared, owned);
    const ids = endpointIds(candidates);
    const none = {};
    const endpoints = candidates.map(({ namespace, kind, name, document, facts, ip }, index): Endpoint => ({
        id: ids[index] ?? `${namespace}/${name}`,
        name,
        namespace,
        kind,
        ...facts,
        namespaceLabels: namespaces.get(namespace) ?? none,
        ip,
        system: isSystemNamespace(namespace),
        document,
    }));
    return { endpoints, services, namespaces, problems };
}

function readCandidate(document: ManifestDocument, template: Path, problems: Finding[]): Candidate {
    const { kind, namespace } = document;
    const name = nameOf(document) ?? "";
    const fields = fieldReader(document, problems);
    const facts = controllerLabels({ kind, name }, readPod(fields, template));
    const ip = kind === "Pod" ? fields.string(["status", "podIP"]) : undefined;
    return { kind, name, namespace: namespace ?? "default", document, facts, ip };
}

const candidateKey = ({ namespace, kind, name }: { namespace: string; kind: string; name: string }): string =>
    `${namespace}/${kind}/${name}`;

/** Puts live pods, ReplicaSets and Jobs into what owns them; see `readWorkloads`. */
function foldOwned(
    declared: ReadonlyMap<string, Candidate>,
    owned: readonly { readonly owner: Owner; readonly member: Candidate }[],
): readonly Candidate[] {
    if (owned.length === 0) return [...declared.values()];
    const owners = new Map(owned.map(({ owner, member }) => [candidateKey(member), owner]));
    const top = (namespace: string, owner: Owner, labels: Readonly<Record<string, string>>): Owner => {
        let root = owner;
        // No owner is more than two levels up (Pod, ReplicaSet, Deployment); a dump that says otherwise is a circle.
        for (let level = 0; level < 4; level++) {
            const above = owners.get(candidateKey({ namespace, ...root }));
            if (above === undefined) break;
            root = above;
        }
        return deploymentOf(root, labels);
    };
    const families = new Map<string, { owner: Owner; members: Candidate[] }>();
    for (const { owner, member } of owned) {
        const root = top(member.namespace, owner, member.facts.labels);
        const key = candidateKey({ namespace: member.namespace, ...root });
        const folded = { ...member, facts: asMember(root, member.facts) };
        const family = families.get(key);
        if (family === undefined) families.set(key, { owner: root, members: [folded] });
        else family.members.push(folded);
    }
    const result = new Map(declared);
    for (const [key, { owner, members }] of families) {
        const [main, ...others] = splitFamily(declared.get(key), members);
        if (main !== undefined) result.set(key, { ...main, ...owner, ip: undefined });
        for (const pod of others) result.set(candidateKey(pod), pod);
    }
    return [...result.values()];
}

/**
 * The workload first, then one pod for each variant that differs from it. Without running pods it is what is declared,
 * or the newest of its ReplicaSets or Jobs.
 */
function splitFamily(declared: Candidate | undefined, members: readonly Candidate[]): readonly Candidate[] {
    const variants = new Map<string, { pod: Candidate; count: number }>();
    for (const pod of members) {
        if (pod.kind !== "Pod") continue;
        const key = factsKey(pod.facts);
        const variant = variants.get(key);
        if (variant === undefined) variants.set(key, { pod, count: 1 });
        else variant.count++;
    }
    const template = declared ?? members.at(-1);
    if (template === undefined || variants.size === 0) return template === undefined ? [] : [template];
    const main =
        variants.get(factsKey(template.facts)) ??
        [...variants.values()].reduce((best, variant) => (variant.count > best.count ? variant : best));
    const others = [...variants.values()].filter((variant) => variant !== main);
    return [{ ...template, facts: main.pod.facts }, ...others.map(({ pod }) => pod)];
}

/** Finished pods have no endpoint; a finished Job will not start another. */
function isFinished(document: ManifestDocument): boolean {
    const fields = fieldReader(document, []);
    const phase = fields.at(["status", "phase"]);
    if (document.kind === "Pod") return phase === "Succeeded" || phase === "Failed";
    if (document.kind !== "Job") return false;
    return fields.list(["status", "conditions"]).some((_, index) => {
        const type = fields.at(["status", "conditions", index, "type"]);
        const status = fields.at(["status", "conditions", index, "status"]);
        return (type === "Complete" || type === "Failed") && status === "True";
    });
}

/** `metadata.name`; for an object that is created with `generateName`, what its name will begin with. */
function nameOf(document: ManifestDocument): string | undefined {
    if (document.name !== "") return document.name;
    const prefix = fieldReader(document, []).string(["metadata", "generateName"]);
    return prefix === undefined ? undefined : `${prefix}*`;
}

function isNamed(document: ManifestDocument, problems: Finding[]): boolean {
    if (nameOf(document) !== undefined) return true;
    fieldReader(document, problems).report(
        ["metadata"],
        `${document.kind} without a name`,
        "write metadata.name",
    );
    return false;
}

function isRepeated(
    document: ManifestDocument,
    seen: Map<string, ManifestDocument>,
    problems: Finding[],
): boolean {
    if (document.name === "") return false;
    const { kind, name } = document;
    const namespace = kind === "Namespace" ? "" : (document.namespace ?? "default");
    const key = candidateKey({ namespace, kind, name });
    const first = seen.get(key);
    if (first === undefined) {
        seen.set(key, document);
        return false;
    }
    const { file, line } = first.locate([]);
    problems.push(
        finding(document, {
            code: "W02",
            severity: "error",
            path: ["metadata", "name"],
            message: `${kind} ${documentId(document)} is declared twice, first at ${file}:${line}`,
            why: "Which of the two runs in the cluster cannot be told from the files.",
            fix: "name only the files of one environment, or rename one of the two",
            source: "Kubernetes: names of a kind are unique in a namespace",
        }),
    );
    return true;
}
