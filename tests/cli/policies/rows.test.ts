import { identityOfLabels } from "../../../cilium";
import { ageOf } from "../../../cli/policies/age";
import { changesBetween } from "../../../cli/policies/json";
import { isWrong, policyRows, type LivePolicy } from "../../../cli/policies/rows";

const policy = (
    name: string,
    more: Partial<LivePolicy["metadata"]> = {},
    kind: LivePolicy["kind"] = "CiliumNetworkPolicy",
): LivePolicy => ({
    kind,
    metadata: { name, namespace: "shop", ...more },
    spec: { endpointSelector: {} },
    status: { conditions: [{ type: "Valid", status: "True" }] },
});
const RECORDED = [
    { kind: "CiliumNetworkPolicy", namespace: "shop", name: "ours" },
    { kind: "CiliumNetworkPolicy", namespace: "shop", name: "gone" },
    { kind: "CiliumCIDRGroup", namespace: "", name: "group" },
];
const ENDPOINTS = [identityOfLabels(["k8s:io.kubernetes.pod.namespace=shop"])];

describe("the list of policies |", () => {
    it("tells ours, AKS's and foreign ones apart, and what is missing", () => {
        const rows = policyRows({
            policies: [
                policy("ours"),
                policy("theirs"),
                policy("managed", { labels: { "kubernetes.azure.com/managedby": "aks" } }),
                policy(
                    "addon",
                    { labels: { "addonmanager.kubernetes.io/mode": "Reconcile" } },
                    "NetworkPolicy",
                ),
            ],
            endpoints: ENDPOINTS,
            recorded: RECORDED,
        });
        expect(rows.map(({ name, owner, valid }) => [name, owner, valid])).toEqual([
            ["gone", "stack", "missing"],
            ["managed", "aks", "True"],
            ["ours", "stack", "True"],
            ["theirs", "foreign", "True"],
            ["addon", "aks", "n/a"],
        ]);
        expect(rows.filter(isWrong).map(({ name }) => name)).toEqual(["gone"]);
    });

    it("a policy of the same name in another namespace is another policy", () => {
        const [, ...rows] = policyRows({
            policies: [policy("ours", { namespace: "ops" }), policy("ours")],
            endpoints: ENDPOINTS,
            recorded: RECORDED.slice(0, 1),
        });
        expect(rows.map(({ namespace, owner }) => [namespace, owner])).toEqual([["shop", "stack"]]);
    });

    it("changes: added, changed, removed, and nothing for what stayed", () => {
        const rows = (...names: string[]) =>
            policyRows({
                policies: names.map((name) => policy(name)),
                endpoints: ENDPOINTS,
                recorded: undefined,
            });
        const before = rows("a", "b");
        const [a] = rows("a");
        const changed = changesBetween(before, [{ ...a!, endpoints: 7 }, ...rows("c")]);
        expect(changed.map(({ change, policy: { name } }) => `${change} ${name}`)).toEqual([
            "changed a",
            "added c",
            "removed b",
        ]);
        expect(changesBetween(before, rows("a", "b"))).toEqual([]);
    });

    it.each([
        [0, "0s"],
        [119, "119s"],
        [305, "5m5s"],
        [3600, "60m"],
        [4 * 3600 + 60, "4h1m"],
        [30 * 3600, "30h"],
        [3 * 86400 + 7200, "3d2h"],
        [30 * 86400, "30d"],
        [-5, "0s"],
    ])("%d seconds ago is %s, as kubectl says it", (seconds, text) => {
        const now = Date.parse("2026-11-23T12:00:00Z");
        expect(ageOf(new Date(now - seconds * 1000).toISOString(), now)).toBe(text);
    });
});
