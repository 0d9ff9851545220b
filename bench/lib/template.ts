/**
 * The same program as Pulumi's official TypeScript templates would have it: service-level (or root) imports, type
 * checked at every run by the ts-node 7.0.1 that the SDK carries (pulumi/templates: kubernetes-azure-typescript has
 * `typescript ^5` and no ts-node).
 */
import {
    cpSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";

/** `sub`: `@pulumi/azure-native/containerservice`, the others at root, as the templates; `root`: everything at root. */
export type ImportStyle = "sub" | "root";

/** What the program consists of, below the checkout. */
const PARTS = ["index.ts", "components", "cilium", "policies", "package.json"];

/** As the templates have it, plus what this project's sources need to compile (esModuleInterop, lib, JSON). */
const TSCONFIG = {
    compilerOptions: {
        strict: true,
        outDir: "bin",
        target: "es2022",
        lib: ["es2023"],
        module: "commonjs",
        moduleResolution: "node",
        esModuleInterop: true,
        resolveJsonModule: true,
        skipLibCheck: true,
        sourceMap: true,
        pretty: true,
        noFallthroughCasesInSwitch: true,
        forceConsistentCasingInFileNames: true,
        types: ["node"],
    },
    files: ["index.ts"],
};

/** Hides ts-node, which the templates do not install: `--require` it in the process. */
export const WITHOUT_TS_NODE = "without-ts-node.cjs";

/**
 * Copies the program from `root` into `folder` with its imports rewritten.
 * @throws Error naming file and line of an import of a Pulumi package that cannot be rewritten
 */
export function writeTemplateProgram(root: string, folder: string, style: ImportStyle): void {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    for (const part of [...PARTS, ...stackFiles(root)]) {
        cpSync(join(root, part), join(folder, part), {
            recursive: true,
            filter: (file) => !/[/\\](node_modules|dist)([/\\]|$)/.test(file.slice(root.length)),
        });
    }
    symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
    const project = readFileSync(join(root, "Pulumi.yaml"), "utf8");
    writeFileSync(
        join(folder, "Pulumi.yaml"),
        project.replace(/^runtime:\n(?:[ \t].*\n)+/m, "runtime: nodejs\n"),
    );
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG, undefined, 4));
    writeFileSync(
        join(folder, WITHOUT_TS_NODE),
        `const Module = require("node:module");
const resolve = Module._resolveFilename;
Module._resolveFilename = function (request, ...more) {
    if (!/^ts-node($|\\/)/.test(request)) return resolve.call(this, request, ...more);
    throw Object.assign(new Error("Cannot find module 'ts-node'"), { code: "MODULE_NOT_FOUND" });
};
`,
    );
    for (const file of typescriptFiles(folder)) {
        writeFileSync(file, rewriteImports(readFileSync(file, "utf8"), style, file));
    }
}

/**
 * Rewrites the direct imports of a source.
 *
 * `import { A } from "@pulumi/azure-native/s/a"` becomes `import { A } from "@pulumi/azure-native/s"` (sub) or
 * `import * as azure_native from "@pulumi/azure-native"; import A = azure_native.s.A;` (root), as people write it.
 */
export function rewriteImports(source: string, style: ImportStyle, file: string): string {
    const statement =
        /^import (type )?(\{[^}]*\}|\* as \w+|\w+) from "@pulumi\/(azure-native|kubernetes|random)([^"]*)";$/gm;
    const rewritten = source.replace(
        statement,
        (line, typeOnly: string | undefined, what: string, name: string, path: string) => {
            if (typeOnly !== undefined) return line;
            const modules = path.split("/").slice(1, -1);
            if (!what.startsWith("{") || path === "" || what.includes(" as ")) {
                const at = source.slice(0, source.indexOf(line)).split("\n").length;
                throw new Error(`${file}:${at}: cannot rewrite: ${line}`);
            }
            if (style === "sub" && name === "azure-native")
                return `import ${what} from "@pulumi/${name}/${modules.join("/")}";`;
            const root = name.replace("-", "_");
            const names = what
                .slice(1, -1)
                .split(",")
                .map((each) => each.trim());
            return names
                .filter((each) => each !== "")
                .map((each) => {
                    const [, isType, local = each] = /^(type )?(\w+)$/.exec(each) ?? [];
                    const target = [root, ...modules, local].join(".");
                    return isType === undefined
                        ? `import ${local} = ${target};`
                        : `type ${local} = ${target};`;
                })
                .map((alias, index) =>
                    index === 0 ? `import * as ${root} from "@pulumi/${name}";\n${alias}` : alias,
                )
                .join("\n");
        },
    );
    return onceEach(rewritten);
}

/** Several imports of one package leave several namespace imports; one is enough. */
function onceEach(source: string): string {
    const seen = new Set<string>();
    return source
        .split("\n")
        .filter((line) => {
            if (!line.startsWith("import * as ")) return true;
            const first = !seen.has(line);
            seen.add(line);
            return first;
        })
        .join("\n");
}

function stackFiles(root: string): string[] {
    return readdirSync(root).filter((file) => /^Pulumi\..+\.yaml$/.test(file));
}

function typescriptFiles(folder: string): string[] {
    return readdirSync(folder).flatMap((name) => {
        const file = join(folder, name);
        if (name === "node_modules") return [];
        if (statSync(file).isDirectory()) return typescriptFiles(file);
        return name.endsWith(".ts") ? [file] : [];
    });
}
