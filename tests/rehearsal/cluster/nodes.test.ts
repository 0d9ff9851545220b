import * as fc from "fast-check";
import { labelsOf, nodesOf, sizeOf, taintOf } from "../../../rehearsal/cluster/aks/nodes";
import { systemObjects } from "../../../rehearsal/cluster/aks/system";
import { ciliumRelease } from "../../../rehearsal/cluster/crds";
import { read } from "../../../rehearsal/cluster/specification";

const cluster = (pools: object[], network: object = {}, more: object = {}) =>
    read({
        location: "westeurope",
        properties: {
            currentKubernetesVersion: "1.35.4",
            nodeResourceGroup: "MC_rg_aks_westeurope",
            networkProfile: { networkDataplane: "cilium", podCidr: "192.168.0.0/16", ...network },
            agentPoolProfiles: pools,
            ...more,
        },
    });

describe("nodes of a managed cluster", () => {
    const specification = cluster([
        { name: "system", mode: "System", count: 2, vmSize: "Standard_B2s" },
        {
            name: "user",
            count: 1,
            vmSize: "Standard_D8s_v5",
            availabilityZones: ["1", "2"],
            nodeLabels: { a: "b" },
        },
    ]);

    test("named, numbered and addressed as AKS does", () => {
        const nodes = nodesOf(specification);
        expect(nodes.map(({ name }) => name.replace(/\d{8}/, "#"))).toEqual([
            "aks-system-#-vmss000000",
            "aks-system-#-vmss000001",
            "aks-user-#-vmss000000",
        ]);
        expect(nodes.map(({ podCidr }) => podCidr)).toEqual([
            "192.168.0.0/24",
            "192.168.1.0/24",
            "192.168.2.0/24",
        ]);
        expect(nodes.map(({ address }) => address)).toEqual(["10.224.0.4", "10.224.0.5", "10.224.0.6"]);
    });

    test("labelled as aks.md 7.3 says", () => {
        const [first, , last] = nodesOf(specification).map((node) => labelsOf(node, specification));
        expect(first).toMatchObject({
            "kubernetes.azure.com/ebpf-dataplane": "cilium",
            "kubernetes.azure.com/podnetwork-type": "overlay",
            "kubernetes.azure.com/azure-cni-overlay": "true",
            "kubernetes.azure.com/mode": "system",
            "topology.kubernetes.io/zone": "0",
        });
        expect(last).toMatchObject({
            a: "b",
            agentpool: "user",
            "topology.kubernetes.io/zone": "westeurope-1",
        });
    });

    test("property: every node has a name, an address and a pod range of its own", () => {
        const pool = fc.record({
            count: fc.integer({ min: 0, max: 40 }),
            vmSize: fc.constant("Standard_D4s_v5"),
        });
        fc.assert(
            fc.property(fc.array(pool, { maxLength: 6 }), (pools) => {
                const nodes = nodesOf(cluster(pools.map((one, index) => ({ ...one, name: `pool${index}` }))));
                for (const key of ["name", "address", "podCidr"] as const)
                    expect(new Set(nodes.map((node) => node[key])).size).toBe(nodes.length);
            }),
        );
    });

    test("sizes and taints", () => {
        expect(sizeOf("Standard_B2s")).toEqual({ cores: 2, gibibytes: 4 });
        expect(sizeOf("Standard_D16ads_v5")).toEqual({ cores: 16, gibibytes: 64 });
        expect(taintOf("CriticalAddonsOnly=true:NoSchedule")).toEqual({
            key: "CriticalAddonsOnly",
            value: "true",
            effect: "NoSchedule",
        });
    });
});

describe("what runs in kube-system", () => {
    const names = (specification: ReturnType<typeof cluster>) =>
        systemObjects(specification).map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    const pools = [{ name: "system", count: 1 }];

    test("the runbook's workloads and the add-ons", () => {
        expect(names(cluster(pools))).toEqual([
            "ValidatingAdmissionPolicy/advanced-networking-validating-policy",
            "ValidatingAdmissionPolicyBinding/advanced-networking-cilium-l7-binding",
            "ConfigMap/cilium-config",
            "DaemonSet/cilium",
            "Deployment/cilium-operator",
            "Service/kube-dns",
            "Deployment/coredns",
            "Deployment/konnectivity-agent",
            "Deployment/metrics-server",
        ]);
    });

    test("ACNS brings its own and switches the proxy on", () => {
        const acns = {
            enabled: true,
            observability: { enabled: true },
            security: { advancedNetworkPolicies: "L7" },
        };
        const specification = cluster(pools, { advancedNetworking: acns });
        expect(names(specification)).toEqual(
            expect.arrayContaining(["DaemonSet/acns-security-agent", "Deployment/hubble-relay"]),
        );
        const config = systemObjects(specification).find(({ kind }) => kind === "ConfigMap");
        expect(config?.["data"]).toMatchObject({ "enable-l7-proxy": "true", "enable-hubble": "true" });
    });

    test("the operator runs once on one node, twice on more (aks.md 7.1)", () => {
        const replicas = (count: number) =>
            systemObjects(cluster([{ name: "system", count }]))
                .filter(({ metadata }) => metadata.name === "cilium-operator")
                .map((object) => (object["spec"] as { replicas: number }).replicas);
        expect([replicas(1), replicas(3)]).toEqual([[1], [2]]);
    });

    test("labels of the runbook, step R5 to R8; the dataplane label is the pods', never the object's", () => {
        const daemonSet = systemObjects(cluster(pools)).find(({ kind }) => kind === "DaemonSet");
        expect(daemonSet?.metadata.labels).toEqual({
            "app.kubernetes.io/actually-managed-by": "Eno",
            "app.kubernetes.io/managed-by": "Helm",
            "kubernetes.azure.com/managedby": "aks",
            "k8s-app": "cilium",
        });
        expect((daemonSet?.["spec"] as { template: unknown }).template).toMatchObject({
            metadata: { labels: { "k8s-app": "cilium", "kubernetes.azure.com/ebpf-dataplane": "cilium" } },
        });
    });

    test("no Cilium, no Cilium workloads", () => {
        expect(names(cluster(pools, { networkDataplane: "azure" })).join()).not.toContain("cilium");
    });
});

describe("the Cilium release for a Kubernetes version (aks.md 1.1)", () => {
    test.each([
        ["1.31.9", "v1.16"],
        ["1.33", "v1.17"],
        ["1.35.4", "v1.18"],
        ["1.36.0", "v1.19"],
    ])("%s runs %s", (kubernetes, cilium) => {
        expect(ciliumRelease(kubernetes).startsWith(`${cilium}.`)).toBe(true);
    });

    test("an unknown minor is refused with the known ones", () => {
        expect(() => ciliumRelease("1.29.0")).toThrow("Use one of 1.31, 1.32");
    });
});
