/** Laws of the azure-native stand-in's shapes and differences, and its ties to the SDK. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { applyChanges, difference } from "../../../rehearsal/azure-native/diff";
import { azureNative } from "../../../rehearsal/azure-native/provider";
import { kindOf, pathInputs } from "../../../rehearsal/azure-native/resources";
import { bodyOf, idOf, inputProjection, inputsOfId, outputsOf } from "../../../rehearsal/azure-native/shape";
import { kubernetes } from "../../../rehearsal/kubernetes-provider/provider";
import type { Properties, Value } from "../../../rehearsal/plugin/values";
import { random } from "../../../rehearsal/random/provider";

const CLUSTER = kindOf("azure-native:containerservice:ManagedCluster");
const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);

/** Inputs of a cluster, as programs write them. */
const inputs: fc.Arbitrary<Properties> = fc
    .record(
        {
            location: fc.constantFrom("westeurope", "eastus2"),
            dnsPrefix: name,
            tags: fc.dictionary(name, name, { maxKeys: 3 }),
            sku: fc.record({ name: fc.constant("Base"), tier: fc.constantFrom("Free", "Standard") }),
            networkProfile: fc.record({
                podCidr: fc.constantFrom("10.0.0.0/16", "192.168.0.0/16"),
                networkPlugin: fc.constant("azure"),
            }),
            agentPoolProfiles: fc.array(
                fc.record({ name, count: fc.integer({ min: 1, max: 9 }), mode: fc.constant("System") }),
                { maxLength: 3 },
            ),
            oidcIssuerProfile: fc.record({ enabled: fc.boolean() }),
        },
        { requiredKeys: [] },
    )
    .map((made) => made as Properties);

describe("shapes", () => {
    it("carry every input through body, answer and back", () => {
        fc.assert(
            fc.property(inputs, (given) => {
                const body = bodyOf(CLUSTER, given);
                const outputs = outputsOf(CLUSTER, { id: "id", name: "aks", type: "T", ...body });
                expect(inputProjection(CLUSTER, outputs)).toEqual(given);
            }),
        );
    });

    it("put what belongs to the envelope beside properties, and nothing of the path into the body", () => {
        const body = bodyOf(CLUSTER, {
            location: "x",
            tags: { a: "b" },
            dnsPrefix: "p",
            resourceGroupName: "rg",
            resourceName: "aks",
            nonsense: 1,
        });
        expect(body).toEqual({ location: "x", tags: { a: "b" }, properties: { dnsPrefix: "p" } });
    });

    it("make an id of path inputs and path inputs of an id", () => {
        fc.assert(
            fc.property(name, name, name, (group, cluster, pool) => {
                const kind = kindOf("azure-native:containerservice:AgentPool");
                const given = { resourceGroupName: group, resourceName: cluster, agentPoolName: pool };
                expect(inputsOfId(kind, idOf(kind, given, "sub"))).toEqual(given);
                expect(pathInputs(kind).sort()).toEqual(Object.keys(given).sort());
            }),
        );
    });
});

describe("differences", () => {
    it("are none against oneself, and some exactly where inputs differ", () => {
        fc.assert(
            fc.property(inputs, inputs, (a, b) => {
                expect(difference(CLUSTER, a, structuredClone(a), {})).toEqual({ changes: false });
                const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
                expect(difference(CLUSTER, a, b, {}).changes).toBe(!same);
            }),
        );
    });

    it("replace only for paths that are said to", () => {
        fc.assert(
            fc.property(inputs, inputs, (a, b) => {
                for (const path of difference(CLUSTER, a, b, {}).replaces ?? []) {
                    const general = path.replace(/\[\d+\]/g, "[]");
                    expect(
                        [...CLUSTER.forceNew, ...pathInputs(CLUSTER)].some(
                            (key) => general === key || general.startsWith(`${key}.`),
                        ),
                    ).toBe(true);
                }
            }),
        );
    });
});

describe("what a refresh makes of inputs", () => {
    it("is nothing where Azure changed nothing, whatever it filled in", () => {
        fc.assert(
            fc.property(inputs, inputs, (own, outputs) =>
                expect(applyChanges(own, outputs, structuredClone(outputs))).toEqual(own),
            ),
        );
    });

    it("is Azure's value where Azure changed one", () => {
        expect(
            applyChanges(
                { tags: { a: "1" }, x: "1" },
                { tags: { a: "1" }, x: "1", filled: "in" },
                { tags: { a: "2" }, filled: "in" },
            ),
        ).toEqual({ tags: { a: "2" } });
        expect(
            applyChanges(
                { list: [{ n: 1 }] },
                { list: [{ n: 1, d: 1 }] },
                { list: [{ n: 2, d: 1 }, { n: 3 }] },
            ),
        ).toEqual({ list: [{ n: 2 }, { n: 3 }] });
    });
});

function sorted(value: Value): unknown {
    if (Array.isArray(value)) return value.map(sorted);
    if (typeof value !== "object" || value === null) return value;
    return Object.entries(value)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, inner]) => [key, sorted(inner)]);
}

describe("ties to the SDKs", () => {
    const root = join(__dirname, "../../..");
    const installed = (sdk: string): string =>
        (
            JSON.parse(readFileSync(join(root, "node_modules/@pulumi", sdk, "package.json"), "utf8")) as {
                version: string;
            }
        ).version;

    it("each stand-in calls itself by the version that the engine will ask for; azure-native's is that of schema.json", () => {
        const surroundings = {
            transport: () => ({ send: () => Promise.reject(new Error("unused")) }),
            wait: () => Promise.resolve(),
            now: () => 0,
            env: {},
        };
        expect(
            azureNative(() => {
                throw new Error("unused");
            }).version,
        ).toBe(installed("azure-native"));
        expect(kubernetes(surroundings).version).toBe(installed("kubernetes"));
        expect(random.version).toBe(installed("random"));
    });
});
