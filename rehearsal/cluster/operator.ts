import { spawn } from "node:child_process";
import * as path from "node:path";
import type { Client, KubernetesObject } from "./client";
import { StatusError } from "./client";
import { minorOf, type Specification } from "./specification";

/**
 * Stand-in for Cilium's operator: writes the condition `Valid` on every policy, as `aks-cilium check` judges it, run as
 * a process the way a user would. Left out: everything else that the operator does.
 */

const GROUP = "/apis/cilium.io/v2";
const PLURALS = ["ciliumnetworkpolicies", "ciliumclusterwidenetworkpolicies"] as const;
/** Policies that change together are judged together. */
const GATHER = 200;

interface Judgement {
    documents: {
        kind: string;
        namespace?: string;
        name: string;
        verdict: "accepted" | "rejected" | "inert";
    }[];
    findings: { severity: string; message: string; document?: string }[];
}

interface Condition {
    type: string;
    status: string;
    message?: string;
    lastTransitionTime?: string;
}

const keyOf = (namespace: string | undefined, name: string) =>
    namespace === undefined ? name : `${namespace}/${name}`;

/** Runs `aks-cilium check` over policies; undefined where the command cannot answer: then nothing is written. */
function judge(
    root: string,
    policies: readonly KubernetesObject[],
    kubernetes: string,
): Promise<Judgement | undefined> {
    const program = path.join(root, "cli", "bin", "aks-cilium.js");
    const args = [program, "check", "-", "--format", "json", "--kubernetes", minorOf(kubernetes)];
    return new Promise((resolve) => {
        const child = spawn(process.execPath, args, { stdio: ["pipe", "pipe", "ignore"] });
        let out = "";
        child.stdout.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
        child.on("error", () => resolve(undefined));
        child.stdin.on("error", () => undefined);
        child.on("close", (code) => {
            // 0 good, 1 findings; 2 means that it could not be done (interfaces.md).
            if (code !== 0 && code !== 1) return resolve(undefined);
            try {
                resolve(JSON.parse(out) as Judgement);
            } catch {
                resolve(undefined);
            }
        });
        child.stdin.end(policies.map((policy) => JSON.stringify(forCheck(policy))).join("\n---\n"));
    });
}

/**
 * A policy as its author wrote it, without what the server added, and without annotations: those that choose policies
 * by the cluster's tier mean nothing to Cilium.
 */
function forCheck({ apiVersion, kind, metadata, ...rest }: KubernetesObject): unknown {
    const { name, namespace, labels } = metadata;
    const { status: _, ...spec } = rest;
    return { apiVersion, kind, metadata: { name, namespace, labels }, ...spec };
}

/** The condition for one policy; undefined if the command said nothing about it. */
export function conditionOf(
    policy: KubernetesObject,
    judgement: Judgement,
    now: string,
): Condition | undefined {
    const { name, namespace } = policy.metadata;
    const document = judgement.documents.find(
        (other) => other.kind === policy.kind && other.name === name && other.namespace === namespace,
    );
    if (document === undefined) return undefined;
    const valid = document.verdict !== "rejected";
    const reason = judgement.findings.find(
        (finding) => finding.severity === "error" && finding.document === keyOf(namespace, name),
    );
    return {
        type: "Valid",
        status: valid ? "True" : "False",
        lastTransitionTime: now,
        message: valid ? "Policy validation succeeded" : (reason?.message ?? "Policy validation failed"),
    };
}

/** Keeps the conditions of one kind up to date until the connection ends. */
export async function keepConditions(
    client: Client,
    root: string,
    specification: () => Specification,
    plural: (typeof PLURALS)[number],
): Promise<void> {
    const waiting = new Map<string, KubernetesObject>();
    let timer: NodeJS.Timeout | undefined;
    let judging = Promise.resolve();
    const flush = async () => {
        timer = undefined;
        const policies = [...waiting.values()];
        waiting.clear();
        const judgement = await judge(root, policies, specification().kubernetesVersion);
        if (judgement === undefined) return;
        const now = new Date().toISOString().replace(/\.\d+Z$/, "Z");
        for (const policy of policies)
            await write(client, plural, policy, conditionOf(policy, judgement, now));
    };
    const seen = new Map<string, number>();
    for await (const { type, object } of client.watch(`${GROUP}/${plural}`)) {
        const key = object.metadata.uid ?? "";
        const generation = Number((object.metadata as { generation?: number }).generation ?? 0);
        // A condition written by ourselves changes no generation.
        if (type === "DELETED" || seen.get(key) === generation) continue;
        seen.set(key, generation);
        waiting.set(key, object);
        timer ??= setTimeout(() => {
            judging = judging.then(flush).catch((error: unknown) => {
                process.stderr.write(`operator: ${String(error)}\n`);
            });
        }, GATHER);
    }
}

async function write(
    client: Client,
    plural: string,
    { metadata }: KubernetesObject,
    condition: Condition | undefined,
): Promise<void> {
    if (condition === undefined) return;
    const namespace = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    const at = `${GROUP}${namespace}/${plural}/${metadata.name}/status`;
    try {
        await client.call("PATCH", at, { status: { conditions: [condition] } }, "merge");
    } catch (error) {
        if (!(error instanceof StatusError && error.status === 404)) throw error;
    }
}

export { PLURALS };
