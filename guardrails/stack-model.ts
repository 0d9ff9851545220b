import type { PolicyResource } from "@pulumi/policy";
import type { ClusterFacts, Endpoint, ManifestDocument, Reachability, Workloads } from "../cilium/index";
import { clusterFacts } from "./cluster-facts";
import { isObject, manifestOf } from "./kubernetes-objects";
import { library } from "./library";

/** What the Kubernetes objects of a stack come to; each part is made when a rule first asks for it. */
interface Model {
    /** Each object as the library reads it; the file of a document is the URN to report on. */
    readonly documents: readonly ManifestDocument[];
    /** The network policies among them. */
    readonly policies: readonly ManifestDocument[];
    readonly cluster: ClusterFacts;
    /** The stack's own workloads: neither AKS's, nor those in the node's network, which policies do not select. */
    workloads(): readonly Endpoint[];
    /** Who reaches whom under {@link policies}. */
    reachability(): Reachability;
}

/** What a rule over the whole stack works on. */
export interface StackModel {
    /** Undefined for a stack without Kubernetes objects, for which nothing is loaded either. */
    readonly model: Model | undefined;
    /**
     * Throws what the first policy or namespace with values unknown at preview threw, so that the engine says that the rule
     * was not fully evaluated. For rules that report what no policy forbids: call it first, or a policy that is there but
     * unknown would count as missing.
     */
    settlePolicies(): void;
    /** The same for any object. Call it last: what is known has been reported by then. */
    settle(): void;
}

/** A Kubernetes object of the stack, as text: two rules of one run agree on it. */
interface Source {
    readonly urn: string;
    readonly text: string;
}

let last: { readonly key: string; readonly model: Model } | undefined;

/**
 * The Kubernetes objects among a stack's resources, and the cluster they are for.
 *
 * The SDK hands every rule its own copy of the resources, so rules that ask about the same stack are told by its content:
 * manifests are read, and the reachability model is built, once for all of them.
 * @throws UnknownValueError when version or tier of the cluster are unknown: they decide what a policy means
 */
export function stackModel(resources: readonly PolicyResource[]): StackModel {
    const objects = resources.filter(({ type }) => isObject(type));
    const rethrow = (error: unknown) => () => {
        if (error !== undefined) throw error;
    };
    if (objects.length === 0)
        return { model: undefined, settlePolicies: rethrow(undefined), settle: rethrow(undefined) };
    const cluster = clusterFacts(resources);
    const sources: Source[] = [];
    let unknown: unknown;
    let unknownPolicy: unknown;
    for (const object of objects)
        try {
            sources.push({ urn: object.urn, text: manifestOf(object) });
        } catch (error) {
            unknown ??= error;
            if (/(Policy|:Namespace)$/.test(object.type)) unknownPolicy ??= error;
        }
    const key = JSON.stringify([cluster, sources]);
    if (last?.key !== key) last = { key, model: modelOf(sources, cluster) };
    return { model: last.model, settlePolicies: rethrow(unknownPolicy), settle: rethrow(unknown) };
}

function modelOf(sources: readonly Source[], cluster: ClusterFacts): Model {
    const { buildReachability, isPolicyKind, isSystemNamespace, readManifests, readWorkloads } = library();
    const documents = sources.flatMap(({ urn, text }) => [...readManifests(text, { file: urn }).documents]);
    const policies = documents.filter(({ kind }) => isPolicyKind(kind));
    const everything = once((): Workloads => readWorkloads(documents));
    return {
        documents,
        policies,
        cluster,
        workloads: once(() =>
            everything().endpoints.filter(
                ({ hostNetwork, namespace }) => !hostNetwork && !isSystemNamespace(namespace ?? ""),
            ),
        ),
        reachability: once(() =>
            buildReachability({
                documents: policies,
                endpoints: everything().endpoints,
                services: everything().services,
                cluster,
                minor: cluster.cilium[0] ?? "1.18",
            }),
        ),
    };
}

function once<T extends object>(make: () => T): () => T {
    let made: T | undefined;
    return () => (made ??= make());
}
