"use strict";
/**
 * Projects, chosen with `--selectProjects`; e2e needs the rehearsal, browser needs chromium, both run on their own.
 * A run ends with `N passed, N failed` on a line (tests/e2e/support/summary.cjs), for whoever reads it by machine.
 */
const project = (displayName, roots, more = {}) => ({
    displayName,
    roots,
    testEnvironment: "node",
    testMatch: ["**/*.test.ts"],
    transform: { "\\.[cm]?ts$": "<rootDir>/tests/support/esbuild-transform.cjs" },
    modulePathIgnorePatterns: ["<rootDir>/.*/dist/"],
    // The clients of Azure and Kubernetes are partly ESM alone, which jest does not load: tests take the bundle that ships.
    moduleNameMapper: { "^\\./bundle$": "<rootDir>/cli/dist/clients.js" },
    ...more,
});

module.exports = {
    passWithNoTests: false,
    // By default one core stays idle, on two cores half of the machine.
    maxWorkers: "100%",
    reporters: ["default", "<rootDir>/tests/e2e/support/summary.cjs"],
    projects: [
        project("unit", [
            "<rootDir>/tests/cilium",
            "<rootDir>/tests/cli",
            "<rootDir>/tests/components",
            "<rootDir>/tests/rehearsal",
            "<rootDir>/tests/guardrails",
        ]),
        project("conformance", ["<rootDir>/tests/conformance"]),
        project("launcher", ["<rootDir>/tests/launcher"]),
        project("e2e", ["<rootDir>/tests/e2e"]),
        project("browser", ["<rootDir>/tests/browser"]),
    ],
};
