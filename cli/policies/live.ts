import { identityOfLabels, type IdentityLabels } from "../../cilium";
import type { Kubernetes, KubernetesObject } from "../operations/kubernetes";
import { KubernetesError } from "../operations/kubernetes-errors";
import { LISTED_KINDS, type LivePolicy } from "./rows";

/** CiliumEndpoint: one for each pod that is not on its node's network, written by the agent of its node. */
const ENDPOINTS = { apiVersion: "cilium.io/v2", kind: "CiliumEndpoint" } as const;

interface CiliumEndpoint extends KubernetesObject {
    status?: { identity?: { labels?: string[] } };
}

/** Policies and endpoints of a cluster, kept as they are now. */
export class LivePolicies {
    private policies = new Map<string, LivePolicy>();
    private endpoints: Map<string, IdentityLabels> | undefined = new Map();

    constructor(private readonly kubernetes: Kubernetes) {}

    /** Reads all of it anew. @throws KubernetesError where the policies may not be listed, or Cilium's kinds are not there */
    async read(): Promise<void> {
        const [endpoints, ...lists] = await Promise.all([
            this.readEndpoints(),
            ...LISTED_KINDS.map(({ apiVersion, kind }) => this.kubernetes.list(apiVersion, kind)),
        ]);
        this.endpoints = endpoints;
        this.policies = new Map(lists.flat().map((policy) => [placeOf(policy), policy as LivePolicyObject]));
    }

    /** The policies, and the identities they are held against. */
    facts() {
        return {
            policies: [...this.policies.values()],
            endpoints: this.endpoints === undefined ? undefined : [...this.endpoints.values()],
        };
    }

    /** Follows every kind until the signal ends it. @param changed called after each change */
    async follow(signal: AbortSignal, changed: () => void): Promise<void> {
        const followKind = async (
            { apiVersion, kind }: { apiVersion: string; kind: string },
            apply: (type: string, object: KubernetesObject) => void,
        ) => {
            for await (const { type, object } of this.kubernetes.watch(apiVersion, kind, { signal })) {
                apply(type, { ...object, apiVersion, kind });
                changed();
            }
        };
        await Promise.all([
            ...LISTED_KINDS.map((kind) =>
                followKind(kind, (type, object) => {
                    if (type === "DELETED") this.policies.delete(placeOf(object));
                    else this.policies.set(placeOf(object), object as LivePolicyObject);
                }),
            ),
            ...(this.endpoints === undefined
                ? []
                : [
                      followKind(ENDPOINTS, (type, object) => {
                          if (type === "DELETED") this.endpoints?.delete(placeOf(object));
                          else this.endpoints?.set(placeOf(object), identityOf(object));
                      }),
                  ]),
        ]);
    }

    /** Who may list policies need not be allowed to list endpoints: then their count is left out. */
    private async readEndpoints(): Promise<Map<string, IdentityLabels> | undefined> {
        try {
            const list = await this.kubernetes.list(ENDPOINTS.apiVersion, ENDPOINTS.kind);
            return new Map(list.map((endpoint) => [placeOf(endpoint), identityOf(endpoint)]));
        } catch (error) {
            if (error instanceof KubernetesError && (error.status === 403 || error.status === 404))
                return undefined;
            throw error;
        }
    }
}

type LivePolicyObject = KubernetesObject & LivePolicy;

function identityOf(endpoint: KubernetesObject): IdentityLabels {
    return identityOfLabels((endpoint as CiliumEndpoint).status?.identity?.labels ?? []);
}

const placeOf = ({ kind, metadata }: KubernetesObject): string =>
    `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
