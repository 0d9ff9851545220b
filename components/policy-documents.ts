import { isDeepStrictEqual } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { JsonObject, ManifestDocument } from "../cilium/manifest/document";
import { readManifests } from "../cilium/manifest/read";
import type { ClusterFacts } from "../cilium/model/cluster";
import { appliesAtTier, TIER_ANNOTATION, tiersOf } from "../cilium/model/tier-selection";
import { ADVANCED_NETWORKING, type AdvancedNetworking } from "../cilium/model/versions";
import { checkDocuments } from "../cilium/validation/check";
import { documentId, type Finding } from "../cilium/validation/finding";
import type { CiliumPoliciesArgs } from "./cilium-policies-args";
import { isPlain } from "./plain";
import { ciliumVersionFor } from "./versions";

/** What this component applies; anything else belongs to somebody else. */
const KINDS = [
    "CiliumNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumCIDRGroup",
    "NetworkPolicy",
    "Namespace",
];

/** What decides whether policies fit a cluster. */
export type PolicyCluster = Pick<
    CiliumPoliciesArgs,
    "kubernetesVersion" | "advancedNetworking" | "podCidr" | "serviceCidr" | "nodeCidrs" | "dnsServiceIP"
>;

/**
 * The documents of the files that are meant for this cluster, in the order of the files.
 * @throws RunError with everything that is wrong with any of them, each with file:line:column
 */
export function readPolicies(args: CiliumPoliciesArgs): ManifestDocument[] {
    const before = alreadyRead.get(args);
    if (before !== undefined) return before;
    const read = (args.files ?? []).map(({ path, text }) => readManifests(text, { file: path }));
    const documents = [...read.flatMap((result) => result.documents), ...plainObjects(args)];
    const meant = documents.filter((document) => appliesAtTier(document, args.advancedNetworking ?? "off"));
    refuse(args, [
        ...read.flatMap((result) => result.findings),
        ...ownFindings(meant),
        ...checked(meant, args),
    ]);
    alreadyRead.set(args, meant);
    return meant;
}

/** The program reads before it makes the cluster, the component before it makes a policy: the work is done once. */
const alreadyRead = new WeakMap<CiliumPoliciesArgs, ManifestDocument[]>();

/** Objects whose leaves are all known are documents like any other. */
function plainObjects(args: CiliumPoliciesArgs): ManifestDocument[] {
    return (args.objects ?? []).flatMap((object, index) =>
        isPlain(object) ? [documentOf(object as JsonObject, `objects[${index}]`)] : [],
    );
}

/** Findings of the checker for documents on this cluster. */
export function checked(documents: readonly ManifestDocument[], cluster: PolicyCluster): readonly Finding[] {
    return checkDocuments(documents, { cluster: clusterFacts(cluster) }).findings;
}

/**
 * The lowest ACNS tier at which a cluster takes each of these documents.
 * @param documents what {@link readPolicies} gave for this cluster: all of them are taken at its own tier
 */
export function neededTier(
    documents: readonly ManifestDocument[],
    cluster: PolicyCluster,
): (document: ManifestDocument) => AdvancedNetworking {
    const own = ADVANCED_NETWORKING.indexOf(cluster.advancedNetworking ?? "off");
    const key = ({ file, document }: Pick<Finding, "file" | "document">): string => `${file} ${document}`;
    const refused = ADVANCED_NETWORKING.slice(0, own).map(
        (tier) =>
            new Set(
                checked(documents, { ...cluster, advancedNetworking: tier })
                    .filter(({ severity }) => severity === "error")
                    .map(key),
            ),
    );
    return (document) => {
        const place = key({ file: document.file, document: documentId(document) });
        return (
            ADVANCED_NETWORKING[refused.findIndex((at) => !at.has(place))] ??
            ADVANCED_NETWORKING[own] ??
            "off"
        );
    };
}

/**
 * Says warnings, refuses errors.
 * @throws RunError with every error, in the order of files and lines
 */
export function refuse(cluster: PolicyCluster, findings: readonly Finding[]): void {
    const errors = findings.filter(({ severity }) => severity === "error");
    if (errors.length > 0) {
        const documents = new Set(errors.map(({ file, document }) => `${file} ${document}`)).size;
        const head = `${documents === 1 ? "1 policy" : `${documents} policies`} cannot go to this cluster (${describe(cluster)}); nothing was changed.`;
        throw new pulumi.RunError([head, ...errors.map(formatFinding)].join("\n\n"));
    }
    for (const finding of findings)
        if (finding.severity === "warning") void pulumi.log.warn(formatFinding(finding));
}

/** A finding as it is printed, the place first so that terminals and editors can jump to it. */
export function formatFinding({ file, line, column, code, message, why, fix }: Finding): string {
    return `${file}:${line}:${column}: ${code} ${message}\n    why: ${why}\n    fix: ${fix}`;
}

/** A document made from an object instead of a file; its place is the object itself. */
export function documentOf(value: JsonObject, source: string): ManifestDocument {
    const metadata = (value.metadata ?? {}) as JsonObject;
    const namespace = metadata.namespace;
    return {
        file: source,
        index: 0,
        apiVersion: String(value.apiVersion ?? ""),
        kind: String(value.kind ?? ""),
        name: String(metadata.name ?? ""),
        namespace: typeof namespace === "string" ? namespace : undefined,
        value,
        locate: () => ({ file: source, line: 1, column: 1 }),
    };
}

/** What is ours to say, beside the checker: P01 a kind that is no policy, P02 the same object twice, P03 unknown tiers. */
export function ownFindings(documents: readonly ManifestDocument[]): Finding[] {
    const seen = new Map<string, ManifestDocument>();
    return documents.flatMap((document) => {
        const findings: Finding[] = [];
        const say = (code: string, path: string[], texts: Pick<Finding, "message" | "why" | "fix">) =>
            findings.push({
                code,
                severity: "error",
                ...texts,
                source: "components/policy-documents.ts",
                ...document.locate(path),
                path: path.join("."),
                document: documentId(document),
            });
        if (!KINDS.includes(document.kind))
            say("P01", ["kind"], {
                message: `${document.kind === "" ? "This document" : document.kind} is no policy.`,
                why: `CiliumPolicies applies ${KINDS.join(", ")}.`,
                fix: "Move it out of the policies; workloads go into a folder workloads beside them.",
            });
        const identity = `${document.kind}/${documentId(document)}`;
        const first = seen.get(identity);
        if (first === undefined) seen.set(identity, document);
        else
            say("P02", ["metadata", "name"], {
                message: `${document.kind} ${documentId(document)} is there already: ${place(first)}.`,
                why: isDeepStrictEqual(first.value, document.value)
                    ? "Two resources would own one object."
                    : "Which of the two would be enforced is a matter of which comes last.",
                fix: "Rename one or remove it.",
            });
        const { unknown } = tiersOf(document);
        if (unknown.length > 0)
            say("P03", ["metadata", "annotations", TIER_ANNOTATION], {
                message: `${unknown.map((word) => `"${word}"`).join(", ")} is no tier of Advanced Container Networking Services.`,
                why: "Nobody could tell which clusters the document is meant for.",
                fix: "A comma-separated list of off, observability, fqdn, l7.",
            });
        return findings;
    });
}

function clusterFacts(cluster: PolicyCluster): ClusterFacts {
    return {
        kubernetes: cluster.kubernetesVersion,
        cilium: ciliumVersionFor(cluster.kubernetesVersion).ciliumMinors,
        advancedNetworking: cluster.advancedNetworking ?? "off",
        podCidr: cluster.podCidr,
        serviceCidr: cluster.serviceCidr,
        nodeCidrs: cluster.nodeCidrs,
        dnsServiceIP: cluster.dnsServiceIP,
    };
}

function describe(cluster: PolicyCluster): string {
    const minors = ciliumVersionFor(cluster.kubernetesVersion).ciliumMinors.join(" or ");
    return `Kubernetes ${cluster.kubernetesVersion}, Cilium ${minors}, advancedNetworking ${cluster.advancedNetworking ?? "off"}`;
}

function place(document: ManifestDocument): string {
    const { file, line, column } = document.locate(["metadata", "name"]);
    return `${file}:${line}:${column}`;
}
