import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * Type-aware rules run on the sources (not on tests: their types are checked by `npm run check:types`);
 * everything else gets the plain recommended set.
 */
const noOrDefault = {
    selector:
        "LogicalExpression[operator='||'][right.type=/^(Literal|ArrayExpression|ObjectExpression|TemplateLiteral)$/]",
    message: "Use ?? for defaults: || also replaces false, 0 and the empty string.",
};

export default tseslint.config(
    {
        ignores: [
            "**/node_modules",
            "**/dist",
            "bench/results",
            "**/golden",
            "tests/conformance/data",
            "coverage",
        ],
    },
    js.configs.recommended,
    ...tseslint.configs.recommended,
    {
        languageOptions: {
            globals: Object.fromEntries(
                [
                    "process",
                    "console",
                    "Buffer",
                    "URL",
                    "require",
                    "module",
                    "exports",
                    "__dirname",
                    "__filename",
                    "setTimeout",
                    "clearTimeout",
                    "setInterval",
                    "clearInterval",
                    "setImmediate",
                    "performance",
                    "fetch",
                    "AbortController",
                    "AbortSignal",
                    "structuredClone",
                    "TextDecoder",
                    "TextEncoder",
                    "document",
                    "window",
                ].map((name) => [name, "readonly"]),
            ),
        },
        rules: {
            "no-restricted-syntax": ["error", noOrDefault],
            eqeqeq: ["error", "always", { null: "ignore" }],
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
            ],
            "@typescript-eslint/consistent-type-imports": "error",
        },
    },
    {
        files: ["**/*.{js,cjs,mjs}"],
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
    {
        files: ["index.ts", "components/**/*.ts", "cilium/**/*.ts", "cli/**/*.ts", "rehearsal/**/*.ts"],
        languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
        rules: {
            "@typescript-eslint/no-floating-promises": "error",
            "@typescript-eslint/no-misused-promises": "error",
            "@typescript-eslint/await-thenable": "error",
        },
    },
    {
        files: ["**/*.ts"],
        ignores: ["components/settings.ts", "tests/**"],
        rules: {
            "no-restricted-syntax": [
                "error",
                noOrDefault,
                {
                    selector: "NewExpression[callee.object.name='pulumi'][callee.property.name='Config']",
                    message: "components/settings.ts is the only reader of pulumi.Config.",
                },
            ],
        },
    },
);
