import type { Manifest } from "../../../cli/operations/stack";
import { differences } from "../../../cli/verify/compare";
import { policyChecks, type LivePolicy, type WantedPolicy } from "../../../cli/verify/policies";
import { check, LOOK, troubles } from "./fixtures";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const SPEC = { endpointSelector: {}, ingress: [{ fromEndpoints: [{ matchLabels: { app: "front" } }] }] };

const manifest = (kind: string, name: string, spec: object, metadata: object = {}): Manifest => ({
    apiVersion: kind === "NetworkPolicy" ? "networking.k8s.io/v1" : "cilium.io/v2",
    kind,
    metadata: { name, ...(kind.includes("Clusterwide") ? {} : { namespace: "shop" }), ...metadata },
    spec,
});
const wanted = (name: string, spec: object = SPEC): WantedPolicy => ({
    kind: "CiliumNetworkPolicy",
    namespace: "shop",
    name,
    manifest: manifest("CiliumNetworkPolicy", name, spec),
});
const live = (name: string, valid: string | null = "True", change: object = {}): LivePolicy =>
    ({
        ...manifest("CiliumNetworkPolicy", name, SPEC, {
            uid: "1",
            resourceVersion: "9",
            generation: 1,
            creationTimestamp: "2026-11-23T11:00:00Z",
            managedFields: [{}],
        }),
        status: valid === null ? {} : { conditions: [{ type: "Valid", status: valid, message: "bad port" }] },
        ...change,
    }) as unknown as LivePolicy;
const checks = (
    there: readonly LivePolicy[],
    must: readonly WantedPolicy[] | undefined = [wanted("dns"), wanted("web")],
) =>
    policyChecks(
        { value: there },
        { wanted: must, source: "stack dev", restore: "`pulumi up`", now: NOW },
        LOOK,
    );

describe("verify, policies |", () => {
    it("passes when all are there, unchanged and valid", () => {
        expect(troubles(checks([live("dns"), live("web")]))).toEqual([]);
    });

    it("names what is missing", () => {
        const found = checks([live("dns")]);
        expect(troubles(found)).toEqual(["fail policies.present/CiliumNetworkPolicy/shop/web"]);
        expect(check(found, "policies.present/CiliumNetworkPolicy/shop/web").look).toBe(
            "kubectl --context aks1 get ciliumnetworkpolicy web -n shop -o yaml",
        );
    });

    it("names the path of what was edited by hand, with both values", () => {
        const edited = {
            spec: { ...SPEC, ingress: [{ fromEndpoints: [{ matchLabels: { app: "back" } }] }, {}] },
        };
        const found = checks([live("dns", "True", edited), live("web")]);
        expect(troubles(found)).toEqual(["fail policies.unchanged/CiliumNetworkPolicy/shop/dns"]);
        expect(check(found, "policies.unchanged/CiliumNetworkPolicy/shop/dns")).toMatchObject({
            expected: 'spec.ingress[0].fromEndpoints[0].matchLabels.app: "front"',
            found: 'spec.ingress[0].fromEndpoints[0].matchLabels.app: "back"; also spec.ingress[1]',
        });
    });

    it("tells the operator's message of what is not valid; of somebody else's it warns", () => {
        const found = checks([live("dns", "False"), live("web"), live("other", "False")]);
        expect(troubles(found)).toEqual([
            "fail policies.valid/CiliumNetworkPolicy/shop/dns",
            "warn policies.valid/CiliumNetworkPolicy/shop/other",
            "warn policies.foreign",
        ]);
        expect(check(found, "policies.valid/CiliumNetworkPolicy/shop/dns").found).toBe(
            "Valid=False: bad port",
        );
    });

    it("waits for the verdict of a new policy, and does not know about an old one without", () => {
        const fresh = live("web", null);
        fresh.metadata.creationTimestamp = "2026-11-23T11:59:30Z";
        expect(troubles(checks([live("dns"), fresh]))).toEqual([
            "warn policies.valid/CiliumNetworkPolicy/shop/web",
        ]);
        expect(troubles(checks([live("dns"), live("web", null)]))).toEqual([
            "unknown policies.valid/CiliumNetworkPolicy/shop/web",
        ]);
    });

    it("warns once where the operator reports on none", () => {
        expect(troubles(checks([live("dns", null), live("web", null)]))).toEqual(["warn policies.valid"]);
    });

    it("lists those of others, and tells AKS's own apart", () => {
        const aks = live("block-azure-destinations", "True", { kind: "CiliumClusterwideNetworkPolicy" });
        delete aks.metadata.namespace;
        expect(troubles(checks([live("dns"), live("web"), aks]))).toEqual([]);
        const found = check(checks([live("dns"), live("web"), aks, live("other")]), "policies.foreign");
        expect([found.verdict, found.found]).toEqual([
            "warn",
            "CiliumNetworkPolicy/shop/other; AKS's own: CiliumClusterwideNetworkPolicy/block-azure-destinations",
        ]);
    });

    it("judges validity and lists, where nobody says which there must be", () => {
        const found = policyChecks(
            { value: [live("dns"), live("other", "False")] },
            { wanted: undefined, source: "", restore: "", now: NOW },
            LOOK,
        );
        expect(found.map(({ id, verdict }) => `${verdict} ${id}`)).toEqual([
            "fail policies.valid/CiliumNetworkPolicy/shop/other",
            "pass policies.foreign",
        ]);
    });

    it("says what it could not compare", () => {
        const hidden = { ...wanted("dns"), manifest: undefined };
        expect(troubles(checks([live("dns")], [hidden]))).toEqual(["warn policies.unchanged"]);
    });

    it("does not know, when the cluster does not answer", () => {
        const found = policyChecks(
            { problem: { what: "down", advice: "wait" } },
            { wanted: [wanted("dns")], source: "", restore: "", now: NOW },
            LOOK,
        );
        expect(found.map(({ id, verdict }) => `${verdict} ${id}`)).toEqual([
            "unknown policies.present",
            "unknown policies.unchanged",
            "unknown policies.valid",
            "unknown policies.foreign",
        ]);
    });
});

describe("an object against its manifest |", () => {
    const cnp = (spec: object, metadata: object = {}) => manifest("CiliumNetworkPolicy", "a", spec, metadata);
    const np = (spec: object) => manifest("NetworkPolicy", "a", spec);

    it.each<[string, Manifest, Manifest]>([
        [
            "what the server adds",
            cnp(SPEC),
            { ...cnp(SPEC, { uid: "1", generation: 3, managedFields: [] }), status: {} },
        ],
        [
            "labels that others add",
            cnp(SPEC, { labels: { a: "b" } }),
            cnp(SPEC, { labels: { a: "b", c: "d" } }),
        ],
        ["keys in another order", cnp({ a: 1, b: { c: 1, d: 2 } }), cnp({ b: { d: 2, c: 1 }, a: 1 })],
        ["keys without a value", cnp({ ...SPEC, description: null }), cnp(SPEC)],
        [
            "the default of an ICMP family",
            cnp({ egress: [{ icmps: [{ fields: [{ type: 8 }] }] }] }),
            cnp({ egress: [{ icmps: [{ fields: [{ type: 8, family: "IPv4" }] }] }] }),
        ],
        [
            "defaults of a NetworkPolicy",
            np({ podSelector: {}, egress: [{ ports: [{ port: 53 }] }] }),
            np({
                podSelector: {},
                policyTypes: ["Ingress", "Egress"],
                egress: [{ ports: [{ port: 53, protocol: "TCP" }] }],
            }),
        ],
        ["Pulumi's own keys", { ...cnp(SPEC), __fieldManager: "x" }, cnp(SPEC)],
    ])("is the same but for %s", (_, applied, there) => {
        expect(differences(applied, there)).toEqual([]);
    });

    it.each<[string, Manifest, Manifest, string[]]>([
        ["an empty list where none was", cnp({ ...SPEC }), cnp({ ...SPEC, egress: [] }), ["spec.egress"]],
        ["a rule less", cnp({ ingress: [{}, {}] }), cnp({ ingress: [{}] }), ["spec.ingress[1]"]],
        ["a label", cnp(SPEC, { labels: { "a.b/c": "d" } }), cnp(SPEC), ['metadata.labels["a.b/c"]']],
        [
            "an annotation",
            cnp(SPEC, { annotations: { a: "b" } }),
            cnp(SPEC, { annotations: { a: "c" } }),
            ['metadata.annotations["a"]'],
        ],
        ["a port as a number", cnp({ port: "80" }), cnp({ port: 80 }), ["spec.port"]],
        [
            "specs",
            { ...cnp({}), specs: [SPEC] },
            { ...cnp({}), specs: [{ ...SPEC, description: "x" }] },
            ["specs[0].description"],
        ],
        [
            "a label with dots in its key",
            cnp({ matchLabels: { "k8s:app": "a" } }),
            cnp({ matchLabels: { "k8s:app": "b" } }),
            ['spec.matchLabels["k8s:app"]'],
        ],
        [
            "policy types",
            np({ podSelector: {} }),
            np({ podSelector: {}, policyTypes: ["Egress"] }),
            ["spec.policyTypes[0]"],
        ],
    ])("differs by %s", (_, applied, there, paths) => {
        expect(differences(applied, there).map(({ path }) => path)).toEqual(paths);
    });
});
