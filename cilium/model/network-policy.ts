import * as z from "zod/mini";
import { crd, INT32 } from "./crd";
import { objectMeta } from "./objects";

/**
 * NetworkPolicy of Kubernetes (k8s.io/api `networking/v1`). The API server decodes it into Go types: keys are matched
 * exactly, unknown ones are dropped, `null` counts as absent. Its further rules are in
 * validation/kubernetes-network-policy.ts.
 */
const labelSelector = crd(
    z.strictObject({
        matchLabels: z.optional(z.record(z.string(), z.string())),
        matchExpressions: z.optional(
            z.array(
                z.strictObject({
                    key: z.optional(z.string()),
                    operator: z.optional(z.string()),
                    values: z.optional(z.array(z.string())),
                }),
            ),
        ),
    }),
    { doc: "A label selector; `{}` selects everything it may." },
);

const port = z.strictObject({
    port: crd(z.optional(z.union([z.int(), z.string()])), {
        goRange: INT32,
        doc: "Port number or port name; all ports where it is left out.",
    }),
    endPort: crd(z.optional(z.int()), { goRange: INT32, doc: "Last port of a range that starts at `port`." }),
    protocol: crd(z.optional(z.string()), { doc: "TCP, UDP or SCTP; TCP where it is left out." }),
});

const peer = z.strictObject({
    podSelector: crd(z.optional(labelSelector), {
        doc: "Pods, of the policy's namespace unless namespaceSelector says others.",
    }),
    namespaceSelector: crd(z.optional(labelSelector), { doc: "Namespaces by their labels; `{}` means all." }),
    ipBlock: crd(
        z.optional(z.strictObject({ cidr: z.optional(z.string()), except: z.optional(z.array(z.string())) })),
        {
            doc: "Addresses outside the cluster; never matches pods or nodes under Cilium. Stands alone in its peer.",
        },
    ),
});

export const networkPolicy = crd(
    z.strictObject({
        apiVersion: z.literal("networking.k8s.io/v1"),
        kind: z.literal("NetworkPolicy"),
        metadata: crd(objectMeta, { doc: "Name, namespace, labels and annotations." }),
        spec: z.optional(
            z.strictObject({
                podSelector: crd(z.optional(labelSelector), {
                    doc: "The pods this policy is for; `{}` means all of the namespace.",
                }),
                policyTypes: crd(z.optional(z.array(z.string())), { doc: "Ingress, Egress or both." }),
                ingress: z.optional(
                    z.array(
                        z.strictObject({ from: z.optional(z.array(peer)), ports: z.optional(z.array(port)) }),
                    ),
                ),
                egress: z.optional(
                    z.array(
                        z.strictObject({ to: z.optional(z.array(peer)), ports: z.optional(z.array(port)) }),
                    ),
                ),
            }),
        ),
    }),
    { optionalKeys: ["apiVersion", "kind", "metadata"] },
);
