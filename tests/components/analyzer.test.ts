import { mkdtempSync, rmSync, symlinkSync, writeFileSync, cpSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "./support/stack-files";

/* eslint-disable @typescript-eslint/no-require-imports -- "experimental" path of the SDK, so looked for at run time */

/**
 * Pulumi's own analyzer, which makes a component usable from other languages, can read both components: no unions, no
 * functions, no read-only arrays among the arguments (facts of SDK 3.270; the path is marked experimental there).
 */
test("the components' arguments make a schema", () => {
    const { Analyzer } = require("@pulumi/pulumi/provider/experimental/analyzer") as {
        Analyzer: new (
            folder: string,
            name: string,
            packageJson: object,
            names: Set<string>,
        ) => {
            analyze(): {
                components: Record<string, { inputs: Record<string, unknown> }>;
                typeDefinitions: Record<string, unknown>;
            };
        };
    };
    const folder = mkdtempSync(join(tmpdir(), "analyzer-"));
    try {
        for (const part of ["components", "cilium"])
            cpSync(join(ROOT, part), join(folder, part), {
                recursive: true,
                filter: (path) => !/[\\/](dist|node_modules)$/.test(path),
            });
        symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
        const tsconfig = {
            extends: join(ROOT, "tsconfig.json"),
            compilerOptions: { types: ["node"] },
            files: ["components/index.ts"],
            include: [],
        };
        writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
        const analyzer = new Analyzer(
            folder,
            "aks-cilium",
            { name: "aks-cilium", main: "components/index.ts" },
            new Set(["AksCiliumCluster", "CiliumPolicies"]),
        );
        const { components, typeDefinitions } = analyzer.analyze();
        expect(Object.keys(components).sort()).toEqual(["AksCiliumCluster", "CiliumPolicies"]);
        expect(Object.keys(components.AksCiliumCluster?.inputs ?? {})).toEqual(
            expect.arrayContaining([
                "location",
                "kubernetesVersion",
                "advancedNetworking",
                "systemPool",
                "pools",
                "tags",
            ]),
        );
        expect(Object.keys(components.CiliumPolicies?.inputs ?? {})).toEqual(
            expect.arrayContaining(["files", "objects", "kubernetesVersion", "awaitValid"]),
        );
        expect(Object.keys(typeDefinitions)).toEqual(
            expect.arrayContaining(["NodePoolArgs", "ManifestFileArgs"]),
        );
    } finally {
        rmSync(folder, { recursive: true, force: true });
    }
}, 180_000);
