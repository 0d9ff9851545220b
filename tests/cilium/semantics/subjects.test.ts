import { countSelected, identityOfLabels, policySubjects } from "../../../cilium";
import type { JsonObject } from "../../../cilium";

const pod = (namespace: string, app: string, ...more: string[]) =>
    identityOfLabels([
        `k8s:app=${app}`,
        `k8s:io.kubernetes.pod.namespace=${namespace}`,
        `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
        ...more,
    ]);
const PODS = [
    pod("shop", "front"),
    pod("shop", "orders"),
    pod("ops", "front", "k8s:io.cilium.k8s.namespace.labels.team=web"),
];

function selected(kind: string, namespace: string | undefined, value: JsonObject): number {
    return countSelected(policySubjects({ kind, namespace, value }, "1.18"), PODS);
}
const labels = (matchLabels: JsonObject) => ({ spec: { endpointSelector: { matchLabels } } });

describe("whom a policy applies to |", () => {
    it("a CiliumNetworkPolicy applies to its own namespace only", () => {
        expect(selected("CiliumNetworkPolicy", "shop", { spec: { endpointSelector: {} } })).toBe(2);
        expect(selected("CiliumNetworkPolicy", "shop", labels({ app: "front" }))).toBe(1);
        expect(selected("CiliumNetworkPolicy", "shop", labels({ "k8s:app": "front" }))).toBe(1);
        expect(selected("CiliumNetworkPolicy", "shop", labels({ app: "nobody" }))).toBe(0);
    });

    it("every item of specs adds its endpoints, none of them twice", () => {
        const front = labels({ app: "front" }).spec;
        const orders = labels({ app: "orders" }).spec;
        expect(selected("CiliumNetworkPolicy", "shop", { specs: [front, orders, front] })).toBe(2);
    });

    it("a cluster-wide one applies everywhere, and can ask for labels of the namespace", () => {
        expect(selected("CiliumClusterwideNetworkPolicy", undefined, labels({ app: "front" }))).toBe(2);
        const team = { "io.cilium.k8s.namespace.labels.team": "web" };
        expect(selected("CiliumClusterwideNetworkPolicy", undefined, labels(team))).toBe(1);
    });

    it("a NetworkPolicy selects by podSelector, an absent one is all of the namespace", () => {
        const podSelector = { matchExpressions: [{ key: "app", operator: "NotIn", values: ["front"] }] };
        expect(selected("NetworkPolicy", "shop", { spec: { podSelector } })).toBe(1);
        expect(selected("NetworkPolicy", "ops", { spec: {} })).toBe(1);
    });

    it("a host policy applies to no endpoint", () => {
        expect(
            selected("CiliumClusterwideNetworkPolicy", undefined, {
                spec: { nodeSelector: {}, ingress: [] },
            }),
        ).toBe(0);
    });

    it("values keep their equals signs, reserved labels are no pod's", () => {
        const { k8s, reserved } = identityOfLabels(["k8s:a=b=c", "k8s:empty=", "reserved:host", "garbage"]);
        expect([[...k8s], reserved]).toEqual([
            [
                ["a", "b=c"],
                ["empty", ""],
            ],
            ["host"],
        ]);
    });
});
