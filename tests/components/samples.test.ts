import { join } from "node:path";
import { readManifests } from "../../cilium/manifest/read";
import { ADVANCED_NETWORKING, AKS_CILIUM_VERSIONS } from "../../cilium/model/versions";
import { appliesAtTier } from "../../cilium/model/tier-selection";
import { readWorkloads } from "../../cilium/model/workloads";
import { withSystemEndpoints } from "../../cilium/model/system";
import { buildReachability } from "../../cilium/reachability";
import { evaluateExpectations, readExpectations } from "../../cilium/reachability/expectations";
import { readFileSync } from "node:fs";
import { checked, formatFinding, readPolicies } from "../../components/policy-documents";
import { readPolicyFolder } from "../../components/policy-folder";
import { ROOT } from "./support/stack-files";

const folder = readPolicyFolder(join(ROOT, "policies"));
const documents = folder.policies.flatMap(({ path, text }) => readManifests(text, { file: path }).documents);
const CLUSTER = {
    kubernetesVersion: "1.35",
    podCidr: "192.168.0.0/16",
    serviceCidr: "10.0.0.0/16",
    dnsServiceIP: "10.0.0.10",
};

test.each(ADVANCED_NETWORKING)(
    "the samples have no error and no warning at tier %s",
    (advancedNetworking) => {
        const cluster = { ...CLUSTER, advancedNetworking };
        const meant = documents.filter((document) => appliesAtTier(document, advancedNetworking));
        expect(checked(meant, cluster).map(formatFinding)).toEqual([]);
        expect(readPolicies({ ...cluster, files: folder.policies })).toHaveLength(meant.length);
    },
);

test("each tier has its own: by address or by name, by port or by method", () => {
    const names = (tier: (typeof ADVANCED_NETWORKING)[number]) =>
        documents.filter((document) => appliesAtTier(document, tier)).map(({ name }) => name);
    expect(names("off")).toEqual(expect.arrayContaining(["orders-to-payments", "products-from-front"]));
    expect(names("fqdn")).toEqual(expect.arrayContaining(["orders-to-payments-name", "products-from-front"]));
    expect(names("l7")).toEqual(
        expect.arrayContaining(["orders-to-payments-name", "products-from-front-http"]),
    );
    for (const tier of ADVANCED_NETWORKING) expect(names(tier)).toHaveLength(names("off").length);
});

test.each(ADVANCED_NETWORKING)(
    "the samples do what they are for, and no more, at tier %s",
    (advancedNetworking) => {
        const { expectations, problems } = readExpectations(
            readFileSync(join(ROOT, "policies/expectations.yaml"), "utf8"),
            "expectations.yaml",
        );
        expect(problems).toEqual([]);
        const workloads = folder.workloads.flatMap(
            ({ path, text }) => readManifests(text, { file: path }).documents,
        );
        const meant = [...documents, ...workloads].filter((document) =>
            appliesAtTier(document, advancedNetworking),
        );
        const { endpoints, services, namespaces } = readWorkloads(meant);
        const model = buildReachability({
            documents: meant,
            endpoints: withSystemEndpoints(endpoints, namespaces),
            services,
            cluster: { ...CLUSTER, kubernetes: "1.35", cilium: ["1.18"], advancedNetworking },
            minor: "1.18",
        });
        const results = evaluateExpectations(expectations, model);
        expect(results.filter(({ passed }) => !passed).map(({ expectation }) => expectation.name)).toEqual(
            [],
        );
        expect(results.some(({ expectation }) => expectation.allow)).toBe(true);
        expect(results.some(({ expectation }) => !expectation.allow)).toBe(true);
    },
);

test.each(AKS_CILIUM_VERSIONS.map(({ kubernetes }) => kubernetes))(
    "no error on Kubernetes %s",
    (kubernetesVersion) => {
        expect(() => readPolicies({ ...CLUSTER, kubernetesVersion, files: folder.policies })).not.toThrow();
    },
);

describe.each(folder.policies.map(({ path, text }) => [path.slice(ROOT.length + 1), text]))(
    "%s",
    (path, text) => {
        test("holds one document, named as the file", () => {
            const { documents: inFile, findings } = readManifests(text, { file: path });
            expect(findings).toEqual([]);
            expect(inFile).toHaveLength(1);
            if (inFile[0]!.kind !== "Namespace")
                expect(path).toMatch(new RegExp(`/${inFile[0]!.name}\\.yaml$`));
        });

        test("says first what breaks without it", () => expect(text).toMatch(/^# .*?[Ww]ithout it/s));
    },
);
