import { comment, MARKER, MAX_LENGTH, type CommentInput } from "../../../cli/preview/comment";
import { guard } from "../../../cli/preview/guard";
import { readPreview, type StackPreview } from "../../../cli/preview/preview";

const CLUSTER = "azure-native:containerservice:ManagedCluster";
const urn = (type: string, name: string): string => `urn:pulumi:dev::aks-cilium::${type}::${name}`;
const read = (steps: object[], diagnostics: object[] = [], stack = "dev"): StackPreview =>
    readPreview(JSON.stringify({ steps, diagnostics }), stack, "preview.json");

const update = (name: string, inputs: [unknown, unknown], path = "tags.owner"): object => {
    const wrap = (value: unknown): object =>
        path.split(".").reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as object;
    return {
        op: "update",
        urn: urn("azure-native:resources:ResourceGroup", name),
        oldState: { inputs: wrap(inputs[0]) },
        newState: { inputs: wrap(inputs[1]) },
        detailedDiff: { [path]: { kind: "update" } },
    };
};
const replace = {
    op: "replace",
    urn: urn(CLUSTER, "aks"),
    oldState: { inputs: { networkProfile: { podCidr: "192.168.0.0/16" } } },
    newState: { inputs: { networkProfile: { podCidr: "192.168.0.0/15" } } },
    detailedDiff: { "networkProfile.podCidr": { kind: "update-replace" } },
};
const input = (previews: StackPreview[], more: Partial<CommentInput> = {}): CommentInput => ({
    previews,
    guarded: previews.flatMap((preview) => guard(preview, [], "2026-11-23")),
    ...more,
});
const finding = (severity: string, code: string): NonNullable<CommentInput["findings"]>[number] => ({
    code,
    severity,
    message: `${code} message`,
    fix: "fix",
    file: "policies/a.yaml",
    line: 7,
    document: "shop/a",
});

describe("comment", () => {
    test("nothing to say is one line", () => {
        const same = input([read([{ op: "same", urn: urn(CLUSTER, "aks") }])]);
        const none = { count: 0, markdown: "" };
        expect(comment({ ...same, flows: [{ opened: { ...none, changed: 0 }, closed: none }] })).toBe(
            `${MARKER}\nNothing changes: stack \`dev\` and the flows stay as they are.\n`,
        );
        // Nobody looked at the flows: nothing is said of them.
        expect(comment(same)).toBe(
            `${MARKER}\nNothing changes: stack \`dev\` stays as it is; flows were not compared.\n`,
        );
    });

    test("what can hurt comes first, in order", () => {
        const text = comment(
            input([read([replace, update("rg", ["a", "b"])])], {
                flows: [
                    {
                        opened: { count: 3, changed: 1, markdown: "### OPENED" },
                        closed: { count: 1, markdown: "### CLOSED" },
                        diagram: "flowchart LR",
                    },
                ],
                findings: [finding("warning", "L38"), finding("error", "L03")],
                upgrades: [
                    {
                        stack: "dev",
                        from: "1.35",
                        to: "1.36",
                        markdown: "### Kubernetes 1.35 → 1.36: UPGRADE",
                    },
                ],
            }),
        );
        const marks = [
            "is replaced in stack",
            "**Lost:**",
            "az aks update",
            "### OPENED",
            "mermaid",
            "L03 message",
            "L38 message",
            "### CLOSED",
            "Stack <code>dev</code>",
            "1.35 → 1.36",
        ];
        const places = marks.map((mark) => text.indexOf(mark));
        expect(places).not.toContain(-1);
        expect(places).toEqual([...places].sort((a, b) => a - b));
        expect(text.split("\n")[1]).toBe(
            "## 1 resource replaced or deleted · 2 flows opened · 1 flow changed · 1 policy problem · 1 flow closed",
        );
        expect(text).toContain(
            '`networkProfile.podCidr`: `"192.168.0.0/16"` → `"192.168.0.0/15"` (replaces)',
        );
    });

    test("secrets of any kind stay out, also those that nobody marked", () => {
        const text = comment(
            input([
                read(
                    [
                        update("a", ["MARKED1", "MARKED2"], "data.password"),
                        update("b", [{ user: { token: "MARKED3" } }, {}], "spec"),
                        update("c", ["x", "users:\n- user:\n    token: MARKED4"], "text"),
                    ],
                    [{ severity: "error", message: "kubeconfig rejected: token: MARKED5" }],
                ),
            ]),
        );
        expect(text).not.toMatch(/MARKED/);
        expect(text).toContain("[secret]");
    });

    test("a failed preview is said, with its errors", () => {
        const text = comment(
            input([read([], [{ severity: "error", message: "policies/a.yaml:3:5 L03 refused" }])]),
        );
        expect(text).toMatch(/## A preview failed/);
        expect(text).toContain("policies/a.yaml:3:5 L03 refused");
    });

    test("stays under GitHub's limit: folded parts go first, what hurts stays", () => {
        const many = Array.from({ length: 900 }, (_, index) =>
            update(`rg${index}`, ["x".repeat(200), "y".repeat(200)]),
        );
        const text = comment(input([read([replace, ...many])]));
        expect(text.length).toBeLessThanOrEqual(MAX_LENGTH + 10);
        expect(text).toContain("is replaced in stack");
        expect(text).toContain("_Shortened to fit");
    });
});
