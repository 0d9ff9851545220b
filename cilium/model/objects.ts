import * as z from "zod/mini";
import { crd } from "./crd";
import { cidr } from "./peers";
import { rule } from "./rule";

/** Times as the API server writes them; it never asks a user for one. */
const time = crd(z.optional(z.nullable(z.string())), { format: "go-time" });

/** `metadata` of every Kubernetes object (k8s.io/apimachinery `pkg/apis/meta/v1`, ObjectMeta). */
export const objectMeta = z.strictObject({
    name: z.optional(z.string()),
    generateName: z.optional(z.string()),
    namespace: z.optional(z.string()),
    labels: z.optional(z.record(z.string(), z.string())),
    annotations: z.optional(z.record(z.string(), z.string())),
    finalizers: z.optional(z.array(z.string())),
    ownerReferences: z.optional(
        z.array(
            z.strictObject({
                apiVersion: z.optional(z.string()),
                kind: z.optional(z.string()),
                name: z.optional(z.string()),
                uid: z.optional(z.string()),
                controller: z.optional(z.boolean()),
                blockOwnerDeletion: z.optional(z.boolean()),
            }),
        ),
    ),
    selfLink: z.optional(z.string()),
    uid: z.optional(z.string()),
    resourceVersion: z.optional(z.string()),
    generation: z.optional(z.int()),
    creationTimestamp: time,
    deletionTimestamp: time,
    deletionGracePeriodSeconds: z.optional(z.int()),
    managedFields: z.optional(
        z.array(
            z.strictObject({
                manager: z.optional(z.string()),
                operation: z.optional(z.string()),
                apiVersion: z.optional(z.string()),
                time,
                fieldsType: z.optional(z.string()),
                fieldsV1: crd(z.optional(z.unknown()), { anything: true }),
                subresource: z.optional(z.string()),
            }),
        ),
    ),
});

const timestamp = crd(z.string(), { format: "date-time" });

/** `status` of a Cilium policy. Written by Cilium; here because dumps of a cluster carry it. */
const policyStatus = z.strictObject({
    conditions: crd(
        z.optional(
            z.array(
                z.strictObject({
                    type: z.string(),
                    status: z.string(),
                    lastTransitionTime: z.optional(timestamp),
                    reason: z.optional(z.string()),
                    message: z.optional(z.string()),
                }),
            ),
        ),
        { mapKey: "type" },
    ),
    derivativePolicies: z.optional(
        z.record(
            z.string(),
            z.strictObject({
                ok: z.optional(z.boolean()),
                error: z.optional(z.string()),
                lastUpdated: z.optional(timestamp),
                localPolicyRevision: crd(z.optional(z.int()), { goRange: [0, 2 ** 64 - 2048] }),
                enforcing: z.optional(z.boolean()),
                annotations: z.optional(z.record(z.string(), z.string())),
            }),
        ),
    ),
});

/** What every custom resource starts with. The API server checks `metadata` itself, not by the CRD. */
const metadata = crd(objectMeta, { anything: true, doc: "Name, namespace, labels and annotations." });

const policy = {
    metadata,
    spec: crd(z.optional(rule), { doc: "The rules." }),
    specs: crd(z.optional(z.array(rule)), { doc: "Several sets of rules; `spec` and `specs` all apply." }),
    status: z.optional(policyStatus),
};

export const ciliumNetworkPolicy = crd(
    z.strictObject({
        apiVersion: z.literal("cilium.io/v2"),
        kind: z.literal("CiliumNetworkPolicy"),
        ...policy,
    }),
    { optionalKeys: ["apiVersion", "kind"] },
);

export const ciliumClusterwideNetworkPolicy = crd(
    z.strictObject({
        apiVersion: z.literal("cilium.io/v2"),
        kind: z.literal("CiliumClusterwideNetworkPolicy"),
        ...policy,
    }),
    { optionalKeys: ["apiVersion", "kind"] },
);

export const ciliumCIDRGroup = crd(
    z.strictObject({
        apiVersion: z.enum(["cilium.io/v2", "cilium.io/v2alpha1"]),
        kind: z.literal("CiliumCIDRGroup"),
        metadata,
        spec: z.strictObject({
            externalCIDRs: crd(z.array(cidr), {
                doc: "Address ranges outside the cluster that make up the group.",
            }),
        }),
    }),
    { optionalKeys: ["apiVersion", "kind", "metadata"] },
);
