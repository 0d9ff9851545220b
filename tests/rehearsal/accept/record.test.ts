import { parse } from "yaml";
import {
    acceptanceSettings,
    describe as told,
    plannedSteps,
    redact,
    withTag,
} from "../../../rehearsal/accept/record";

describe("the record of an acceptance run", () => {
    test.each([
        ["/subscriptions/6f1c8a50-0d7e-4f0c-9a51-0123456789ab/x", "/subscriptions/<id>/x"],
        ["token eyJhbGciOiJub25l.eyJhdWQiOiJo.c2ln end", "token <token> end"],
        ["by someone.else@example.com", "by <mail>"],
        ["https://aks-x.hcp.westeurope.azmk8s.io:443/api at 20.1.2.3", "https://<host>/api at <address>"],
        ["ca LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSURjRENDQQ==", "ca <redacted>"],
        [
            "update azure-native:containerservice:ManagedCluster",
            "update azure-native:containerservice:ManagedCluster",
        ],
    ])("%s", (text, expected) => {
        expect(redact(text)).toBe(expected);
    });

    test("steps of a preview, counted", () => {
        const urn = (type: string, name: string) => `urn:pulumi:dev::p::a:b:C$${type}::${name}`;
        const steps = plannedSteps(
            JSON.stringify({
                steps: [
                    { op: "same", urn: urn("x:y:Z", "1") },
                    { op: "create", urn: urn("x:y:Z", "2") },
                    { op: "create", urn: urn("x:y:Z", "3") },
                    { op: "update", urn: "urn:pulumi:dev::p::x:y:W::4" },
                ],
            }),
        );
        expect(told(steps)).toBe("2 × create x:y:Z, update x:y:W");
        expect(told([])).toBe("nothing");
    });
});

describe("settings of an acceptance run", () => {
    const source =
        "secretsprovider: azurekeyvault://x\nconfig:\n  aks-cilium:deleteLock: true\n  aks-cilium:tier: free\n";

    test("can be removed again", () => {
        expect(parse(acceptanceSettings(source))).toEqual({
            config: {
                "aks-cilium:tier": "free",
                "aks-cilium:protectFromDeletion": false,
                "aks-cilium:deleteLock": false,
            },
        });
    });

    test.each([
        ["none", "config:\n  aks-cilium:tier: free\n", { a: "1" }],
        ["empty", "config:\n  aks-cilium:tags: {}\n", { a: "1" }],
        ["flow", "config:\n  aks-cilium:tags: { b: c }\n", { b: "c", a: "1" }],
        ["block", "config:\n  aks-cilium:tags:\n    b: c\n  aks-cilium:tier: free\n", { b: "c", a: "1" }],
    ])("one tag more where there are tags: %s", (_, settings, tags) => {
        expect((parse(withTag(settings, "a", "1")) as { config: object }).config).toMatchObject({
            "aks-cilium:tags": tags,
        });
    });
});
