import fc from "fast-check";
import { closestNames, endpointIds, parsePeer, parsePort } from "../../../cilium/model/names";
import { systemEndpoints, withSystemEndpoints } from "../../../cilium/model/system";

describe("endpointIds |", () => {
    it("gives every endpoint a name of its own, short where that is enough", () => {
        const name = fc.constantFrom("a", "b", "c");
        const endpoint = fc.record({ namespace: name, kind: fc.constantFrom("Pod", "Deployment"), name });
        const key = ({
            namespace,
            kind,
            name: own,
        }: {
            namespace: string;
            kind: string;
            name: string;
        }): string => `${namespace}/${kind}/${own}`;
        fc.assert(
            fc.property(fc.uniqueArray(endpoint, { selector: key }), (endpoints) => {
                const ids = endpointIds(endpoints);
                expect(new Set(ids).size).toBe(endpoints.length);
                ids.forEach((id, index) => {
                    const one = endpoints[index];
                    expect(one === undefined ? "" : [`${one.namespace}/${one.name}`, key(one)]).toContain(id);
                });
            }),
        );
    });
});

describe("closestNames |", () => {
    const names = ["shop/front", "shop/orders", "ops/tools", "world"];

    it.each([
        ["shop/frnt", ["shop/front"]],
        ["front", ["shop/front"]],
        ["shop", ["shop/front", "shop/orders"]],
        ["wrold", ["world"]],
        ["word", ["world"]],
        ["something/else", []],
    ])("%s means %j", (typed, expected) => {
        expect(closestNames(typed, names)).toEqual(expected);
    });
});

describe("parsePeer |", () => {
    it.each([
        ["shop/front", { endpoint: "shop/front" }],
        ["world", { reserved: "world" }],
        ["10.0.0.1", { address: "10.0.0.1" }],
        ["10.0.0.0/8", { address: "10.0.0.0/8" }],
        ["2001:db8::1", { address: "2001:db8::1" }],
        ["fqdn:api.example.com", { fqdn: "api.example.com" }],
    ])("%s is %j", (text, expected) => {
        expect(parsePeer(text)).toEqual(expected);
    });
});

describe("parsePort |", () => {
    it.each([
        ["80", { port: 80, protocol: undefined }],
        ["53/udp", { port: 53, protocol: "UDP" }],
        ["8/ICMP", { port: 8, protocol: "ICMP" }],
        ["0/ICMPv6", { port: 0, protocol: "ICMPv6" }],
        ["0", undefined],
        ["65536", undefined],
        ["256/ICMP", undefined],
        ["80/HTTP", undefined],
        ["http", undefined],
        ["-1", undefined],
        ["8 0", undefined],
    ])("%s is %j", (text, expected) => {
        expect(parsePort(text)).toEqual(expected);
    });
});

describe("systemEndpoints |", () => {
    it("has what a policy on DNS has to select, with the names of its ports", () => {
        const dns = systemEndpoints().find(({ id }) => id === "kube-system/coredns");
        expect(dns).toMatchObject({ system: true, hostNetwork: false, labels: { "k8s-app": "kube-dns" } });
        expect(dns?.namedPorts).toContainEqual({ name: "dns", port: 53, protocol: "UDP" });
    });

    it("knows which of AKS's pods share their node's network", () => {
        const onNode = systemEndpoints().filter(({ hostNetwork }) => hostNetwork);
        expect(onNode.map(({ name }) => name)).toEqual(
            expect.arrayContaining(["cilium", "cilium-operator", "azure-cns", "cloud-node-manager"]),
        );
    });

    it("steps back where the user describes kube-system", () => {
        const [first] = systemEndpoints();
        if (first === undefined) throw new Error("there are system workloads");
        const mine = { ...first, id: "kube-system/mine" };
        expect(withSystemEndpoints([mine], new Map())).toEqual([mine]);
        const shop = { ...first, id: "shop/front", namespace: "shop" };
        const all = withSystemEndpoints([shop], new Map([["kube-system", { team: "x" }]]));
        expect(all.length).toBeGreaterThan(10);
        expect(all.at(-1)?.namespaceLabels).toMatchObject({
            team: "x",
            "kubernetes.azure.com/managedby": "aks",
        });
    });
});
