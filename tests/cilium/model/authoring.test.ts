import type { JsonObject } from "../../../cilium/manifest/document";
import {
    defineCiliumClusterwideNetworkPolicy,
    defineCiliumNetworkPolicy,
    type CiliumPolicyRule,
} from "../../../cilium/model/authoring";
import { checkAcceptance } from "../../../cilium/validation/acceptance";
import { checkStructure } from "../../../cilium/validation/structure";

describe("policies written in TypeScript", () => {
    it("are accepted by every layer", () => {
        const policy = defineCiliumNetworkPolicy(
            { name: "dns", namespace: "shop" },
            {
                endpointSelector: {},
                egress: [
                    {
                        toEndpoints: [
                            {
                                matchLabels: {
                                    "k8s:io.kubernetes.pod.namespace": "kube-system",
                                    "k8s-app": "kube-dns",
                                },
                            },
                        ],
                        toPorts: [{ ports: [{ port: "53", protocol: "ANY" }] }],
                    },
                ],
            },
        ) as unknown as JsonObject;
        const { crd, stored, problems } = checkStructure(policy, "CiliumNetworkPolicy", "1.18");
        expect([crd, problems]).toEqual(["ok", []]);
        expect(checkAcceptance(stored, "CiliumNetworkPolicy", "1.18")).toEqual({
            sanitize: "ok",
            problems: [],
        });
    });

    it("may have several sets of rules", () => {
        const policy = defineCiliumClusterwideNetworkPolicy({ name: "p" }, [
            { endpointSelector: {}, ingress: [{}] },
            { nodeSelector: {}, egress: [{}] },
        ]);
        expect(policy.specs).toHaveLength(2);
        expect(policy.spec).toBeUndefined();
    });
});

// Compile errors that have to stay: `npm run check:types` fails where one of these compiles.
export const mistakes = (): unknown[] => [
    // @ts-expect-error a misspelt key
    { endpointSelector: {}, ingress: [{ fromEndpoint: [{}] }] } satisfies CiliumPolicyRule,
    // @ts-expect-error names cannot be denied
    { endpointSelector: {}, egressDeny: [{ toFQDNs: [{ matchName: "a.b" }] }] } satisfies CiliumPolicyRule,
    // @ts-expect-error a port is text
    { endpointSelector: {}, ingress: [{ toPorts: [{ ports: [{ port: 80 }] }] }] } satisfies CiliumPolicyRule,
    // @ts-expect-error entities are known by name
    { endpointSelector: {}, egress: [{ toEntities: ["internet"] }] } satisfies CiliumPolicyRule,
    // @ts-expect-error a key of NetworkPolicy
    { endpointSelector: {}, ingress: [{ namespaceSelector: {} }] } satisfies CiliumPolicyRule,
    // @ts-expect-error no namespace
    defineCiliumNetworkPolicy({ name: "p" }, { endpointSelector: {}, ingress: [{}] }),
    // @ts-expect-error no selector
    defineCiliumNetworkPolicy({ name: "p", namespace: "n" }, { ingress: [{}] }),
    // @ts-expect-error nodes are for CiliumClusterwideNetworkPolicy
    defineCiliumNetworkPolicy({ name: "p", namespace: "n" }, { nodeSelector: {}, ingress: [{}] }),
    // @ts-expect-error both selectors
    defineCiliumClusterwideNetworkPolicy({ name: "p" }, { ...denied, nodeSelector: {} }),
    // @ts-expect-error a namespace
    defineCiliumClusterwideNetworkPolicy({ name: "p", namespace: "n" }, denied),
];

const denied = { endpointSelector: {}, ingress: [{}] };
