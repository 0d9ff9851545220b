import { conditionOf } from "../../../rehearsal/cluster/operator";

const policy = (name: string, namespace?: string) => ({
    apiVersion: "cilium.io/v2",
    kind: namespace === undefined ? "CiliumClusterwideNetworkPolicy" : "CiliumNetworkPolicy",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const judgement = {
    documents: [
        { kind: "CiliumNetworkPolicy", namespace: "shop", name: "front", verdict: "rejected" as const },
        { kind: "CiliumNetworkPolicy", namespace: "other", name: "front", verdict: "accepted" as const },
        { kind: "CiliumClusterwideNetworkPolicy", name: "base", verdict: "inert" as const },
    ],
    findings: [
        { severity: "warning", message: "wide", document: "shop/front" },
        { severity: "error", message: "combining peers", document: "shop/front" },
    ],
};

describe("the condition Valid", () => {
    test.each([
        [policy("front", "shop"), { status: "False", message: "combining peers" }],
        [policy("front", "other"), { status: "True", message: "Policy validation succeeded" }],
        // Cilium takes a policy that AKS does not enforce.
        [policy("base"), { status: "True" }],
    ])("%j", (object, expected) => {
        expect(conditionOf(object, judgement, "2026-01-01T00:00:00Z")).toMatchObject({
            type: "Valid",
            ...expected,
        });
    });

    test("nothing is written about a policy that was not judged", () => {
        expect(conditionOf(policy("new", "shop"), judgement, "")).toBeUndefined();
    });
});
