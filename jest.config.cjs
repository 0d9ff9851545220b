"use strict";
/** Four projects, chosen with `--selectProjects`; e2e needs the rehearsal and runs on its own. */
const project = (displayName, roots, more = {}) => ({
    displayName,
    roots,
    testEnvironment: "node",
    testMatch: ["**/*.test.ts"],
    transform: { "\\.[cm]?ts$": "<rootDir>/tests/support/esbuild-transform.cjs" },
    modulePathIgnorePatterns: ["<rootDir>/.*/dist/"],
    ...more,
});

module.exports = {
    passWithNoTests: false,
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
    ],
};
