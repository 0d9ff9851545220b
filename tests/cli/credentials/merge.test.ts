import { parse } from "yaml";
import {
    kubeconfigOf,
    nameAsAz,
    readCredentials,
    type Credentials,
} from "../../../cli/credentials/kubeconfig";
import { mergeKubeconfig } from "../../../cli/credentials/merge";
import { UsageError } from "../../../cli/exit";

const SECRET = "c2VjcmV0LWtleQ==MARK";
const FROM_AZURE = `apiVersion: v1
clusters:
- cluster: {certificate-authority-data: Q0E=, server: "https://aks.example:443"}
  name: aks
contexts:
- context: {cluster: aks, user: clusterUser_rgcni_aks}
  name: aks
current-context: aks
kind: Config
preferences: {}
users:
- name: clusterUser_rgcni_aks
  user: {client-key-data: ${SECRET}, client-certificate-data: Q0VSVA==}
`;
const given = nameAsAz(readCredentials(FROM_AZURE));
const merge = (existing: string | undefined, overwrite = false, credentials: Credentials = given) =>
    mergeKubeconfig(existing, credentials, { file: "kc", overwrite });

const EXISTING = `# mine
apiVersion: v1
kind: Config
clusters:
- name: other # the old one
  cluster:
    server: https://other.example
    x-unknown: {a: 1}
users:
- name: other
  user: {token: abc}
contexts:
- name: other
  context: {cluster: other, user: other, namespace: shop}
current-context: other
extensions:
- name: tool
  extension: {b: 2}
`;

describe("entries as az names them |", () => {
    it("cluster, context and user keep Azure's names", () => {
        expect([given.cluster.name, given.context.name, given.user.name]).toEqual([
            "aks",
            "aks",
            "clusterUser_rgcni_aks",
        ]);
    });

    it("--context renames cluster and context, not the user", () => {
        const { cluster, context, user } = nameAsAz(readCredentials(FROM_AZURE), "prod");
        expect([cluster.name, context.name, context.context["cluster"], user.name]).toEqual([
            "prod",
            "prod",
            "prod",
            "clusterUser_rgcni_aks",
        ]);
    });

    it("an admin's context ends in -admin, once", () => {
        const admin = FROM_AZURE.replaceAll("clusterUser", "clusterAdmin");
        expect(nameAsAz(readCredentials(admin)).context.name).toBe("aks-admin");
        expect(nameAsAz(readCredentials(admin), "prod").context.name).toBe("prod-admin");
        const named = admin.replace(
            "  name: aks\ncurrent-context: aks",
            "  name: aks-admin\ncurrent-context: aks-admin",
        );
        expect(nameAsAz(readCredentials(named)).context.name).toBe("aks-admin");
    });

    it.each([
        ["no YAML", "a: [", "is not YAML"],
        ["nothing", "", "without context and cluster and user"],
        ["no user", FROM_AZURE.replace(/users:[^]*$/, ""), "without user"],
    ])("an answer with %s is told without its text", (_, text, message) => {
        expect(() => readCredentials(text)).toThrow(message);
    });
});

describe("merging into a kubeconfig |", () => {
    it("makes a file where there is none, with the current context", () => {
        for (const existing of [undefined, "", "# only a comment\n"]) {
            const config = parse(merge(existing).text);
            expect([config.kind, config["current-context"], config.clusters.length]).toEqual([
                "Config",
                "aks",
                1,
            ]);
        }
    });

    it("keeps other entries, order, comments and unknown fields", () => {
        const { text, replaced } = merge(EXISTING);
        expect(replaced).toEqual([]);
        for (const line of [
            "# mine",
            "# the old one",
            "x-unknown: {a: 1}".replace("{a: 1}", ""),
            "namespace: shop",
        ])
            expect(text).toContain(line);
        const config = parse(text);
        expect(config.clusters.map(({ name }: { name: string }) => name)).toEqual(["other", "aks"]);
        expect([config.extensions, config["current-context"]]).toEqual([
            [{ name: "tool", extension: { b: 2 } }],
            "aks",
        ]);
    });

    it("is the same file when done twice", () => {
        const once = merge(EXISTING).text;
        expect(merge(once)).toEqual({ text: once, replaced: [] });
    });

    it("refuses different entries of the same names, all of them, and replaces them when told", () => {
        const other = merge(EXISTING).text.replace("aks.example", "old.example").replace(SECRET, "b2xk");
        expect(() => merge(other)).toThrow(/cluster aks, user clusterUser_rgcni_aks.*--overwrite-existing/s);
        const { text, replaced } = merge(other, true);
        expect(replaced).toEqual(["cluster aks", "user clusterUser_rgcni_aks"]);
        expect(parse(text)).toEqual(parse(merge(EXISTING).text));
    });

    it("replaces in place, and takes doubles of the name away", () => {
        const double = EXISTING.replace(
            "- name: other\n  user",
            "- name: clusterUser_rgcni_aks\n  user: {token: x}\n- name: clusterUser_rgcni_aks\n  user",
        );
        const users = parse(merge(double, true).text).users.map(({ name }: { name: string }) => name);
        expect(users).toEqual(["clusterUser_rgcni_aks"]);
    });

    it("a file in JSON stays JSON", () => {
        const json = JSON.stringify({
            apiVersion: "v1",
            kind: "Config",
            clusters: [],
            users: null,
            contexts: [],
        });
        const text = merge(json).text;
        expect(JSON.parse(text)["current-context"]).toBe("aks");
    });

    it.each([
        ["broken YAML", `clusters:\n- name: x\n bad ${SECRET}\n`, /is not YAML \(\w+, line \d\)/],
        ["a list", "- a\n", /not a kubeconfig/],
        ["another kind", "apiVersion: v1\nkind: Secret\n", /kind is not Config/],
        ["users that are no list", "kind: Config\nusers: {a: 1}\n", /users is not a list/],
        ["two documents", `${EXISTING}---\n${EXISTING}`, /is not YAML/],
    ])("refuses %s and says nothing of its content", (_, text, message) => {
        let error: unknown;
        try {
            merge(text);
        } catch (thrown) {
            error = thrown;
        }
        expect(error).toBeInstanceOf(UsageError);
        expect((error as Error).message).toMatch(message);
        expect((error as Error).message).not.toContain("MARK");
    });

    it("long certificates stay on one line", () => {
        const long = {
            ...given,
            cluster: { name: "aks", cluster: { "certificate-authority-data": "A".repeat(3000) } },
        };
        expect(kubeconfigOf(long)).toContain(`certificate-authority-data: ${"A".repeat(3000)}\n`);
        expect(merge(EXISTING, false, long).text).toContain(
            `certificate-authority-data: ${"A".repeat(3000)}\n`,
        );
    });
});
