/**
 * Who may import whom. Kept here so that the lint step holds the walls, not memory.
 * - cilium/ imports nothing of ours and neither Pulumi, Azure nor Kubernetes clients.
 * - components/ may import cilium/; index.ts, cli/, guardrails/ and examples/ may import what they name below.
 * - rehearsal/ imports none of them: it runs the program and the command line as a user would. rehearsal/plan/ is the
 *   stand-in engine of `npm run plan`, which the launcher tests and `bench -- start` use as well.
 * - Nothing imports tests/ or bench/.
 */
const pulumi = "^(node_modules/)?(@pulumi|@azure|@kubernetes)/";
const rule = (name, comment, from, to) => ({ name, comment, severity: "error", from, to });

module.exports = {
    forbidden: [
        rule(
            "no-circular",
            "A cycle means that two ideas are one, or that a third is missing.",
            {},
            { circular: true },
        ),
        rule(
            "cilium-is-alone",
            "The library is usable by itself.",
            { path: "^cilium/" },
            { path: "^(components|cli|rehearsal|guardrails|examples|policies|tests|bench|index\\.ts)" },
        ),
        rule(
            "cilium-without-cloud",
            "No Pulumi, no network in the library.",
            { path: "^cilium/" },
            { path: pulumi },
        ),
        rule(
            "cilium-is-pure",
            "No files, processes or sockets inside the library.",
            { path: "^cilium/" },
            { path: "^(node:)?(fs|fs/promises|child_process|net|http|https|os|worker_threads)$" },
        ),
        rule(
            "cli-without-pulumi",
            "A pre-commit check must not install Pulumi.",
            { path: "^cli/" },
            { path: "^(node_modules/)?@pulumi/" },
        ),
        rule(
            "cli-imports",
            "cli/ may import cilium/ only.",
            { path: "^cli/" },
            { path: "^(components|rehearsal|guardrails|examples|tests|bench|index\\.ts)" },
        ),
        rule(
            "components-imports",
            "components/ may import cilium/ only.",
            { path: "^components/" },
            { path: "^(cli|rehearsal|guardrails|examples|tests|bench|index\\.ts)" },
        ),
        rule(
            "guardrails-imports",
            "guardrails/ may import cilium/ only.",
            { path: "^guardrails/" },
            { path: "^(components|cli|rehearsal|examples|tests|bench|index\\.ts)" },
        ),
        rule(
            "rehearsal-is-a-user",
            "rehearsal/ runs the program and the command line, it does not import them.",
            { path: "^rehearsal/" },
            { path: "^(components|cilium|cli|guardrails|examples|tests|bench|index\\.ts)" },
        ),
        rule(
            "nothing-imports-tests",
            "Tests and benchmarks are leaves.",
            { pathNot: "^(tests|bench)/" },
            { path: "^(tests|bench)/" },
        ),
        rule(
            "no-unresolved",
            "Every import resolves. (@types/sarif has types and no module: the type check resolves it.)",
            {},
            { couldNotResolve: true, pathNot: "^sarif$" },
        ),
        rule(
            "azure-native-direct",
            "Root and service-level imports of azure-native cost memory and seconds at every preview (facts: pulumi.md 1.3).",
            { path: "^(index\\.ts|components|examples)" },
            {
                path: "node_modules/@pulumi/azure-native/(index|[a-z]+/index)\\.",
                dependencyTypesNot: ["type-only"],
            },
        ),
        rule(
            "kubernetes-direct",
            "The root import of @pulumi/kubernetes loads every kind.",
            { path: "^(index\\.ts|components|examples)" },
            { path: "node_modules/@pulumi/kubernetes/index\\.", dependencyTypesNot: ["type-only"] },
        ),
    ],
    options: {
        doNotFollow: { path: "node_modules" },
        exclude: { path: "(^|/)(dist|golden|node_modules/.*/node_modules)/" },
        tsConfig: { fileName: "tsconfig.json" },
        tsPreCompilationDeps: true,
        combinedDependencies: true,
        enhancedResolveOptions: {
            extensions: [".ts", ".mts", ".js", ".mjs", ".cjs", ".json"],
            exportsFields: ["exports"],
            conditionNames: ["import", "require", "node", "default"],
        },
    },
};
