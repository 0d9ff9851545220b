"use strict";
/**
 * How Node reads this project's TypeScript: `node --require ./loader.cjs FILE.ts`.
 *
 * Pulumi.yaml names it in `runtime.options.nodeargs`, so a preview starts without ts-node and without the
 * TypeScript compiler in the process (they cost more than everything else: docs/start.md). Two caches, both
 * outside the checkout and both safe to delete:
 * - `compile-cache`: V8 byte code of every module, Node's own (`module.enableCompileCache`, Node >= 22.8);
 * - `transpiled`: JavaScript that esbuild made of a `.ts` file, named by the hash of that file's text.
 * Without a place to write, or with a damaged entry, files are transpiled again in memory.
 *
 * Types are not checked here: that is `npm run check`.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");

/** Part of every key: raise it when the output for the same source changes (options below, esbuild's version). */
const GENERATION = "1:esbuild-0.28";
/** Last line of every complete entry; a write that was cut off lacks it. */
const MAP_MARK = "\n//# sourceMappingURL=data:application/json;base64,";

const NO_MAP = { version: 3, sources: [], names: [], mappings: "" };

const cache = cacheFolder();
const transpiled = new Map();

if (cache !== undefined) Module.enableCompileCache?.(path.join(cache, "compile-cache"));

Module._extensions[".ts"] = (module, file) => {
    const source = fs.readFileSync(file, "utf8");
    const code = recall(source) ?? transpile(source, file);
    transpiled.set(file, code);
    module._compile(code, file);
};

loadLazily("@npmcli/arborist", "/@pulumi/pulumi/runtime/closure/codePaths.js");
loadLazily("normalize-package-data", "/@pulumi/pulumi/runtime/closure/codePaths.js");
loadLazily("typescript", "/@pulumi/pulumi/typescript-shim.js");
mapStackTraces();

/**
 * `$XDG_CACHE_HOME/aks-cilium` or `~/.cache/aks-cilium`; undefined where neither can be made.
 * Folder by folder: Node's recursive mkdir never returns below /proc, where mkdir says ENOENT for ever.
 */
function cacheFolder() {
    try {
        const base = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
        const folder = path.join(base, "aks-cilium");
        for (const each of [base, folder, path.join(folder, "transpiled")]) {
            if (!fs.existsSync(each)) fs.mkdirSync(each, { mode: 0o700 });
        }
        return folder;
    } catch {
        // Two processes may make the folder at once; the one that loses goes without a cache this time.
        return undefined;
    }
}

function entryOf(source) {
    return path.join(
        cache,
        "transpiled",
        createHash("sha1").update(GENERATION).update(source).digest("hex") + ".js",
    );
}

function recall(source) {
    if (cache === undefined) return undefined;
    try {
        const code = fs.readFileSync(entryOf(source), "utf8");
        return code.includes(MAP_MARK) && code.endsWith("\n") ? code : undefined;
    } catch {
        return undefined;
    }
}

function transpile(source, file) {
    const { code } = require("esbuild").transformSync(source, {
        loader: "ts",
        format: "cjs",
        target: "node20",
        sourcefile: path.basename(file),
        sourcemap: "inline",
        sourcesContent: false,
        // A relative `import()` names a file without extension, which only `require` resolves.
        supported: { "dynamic-import": false },
    });
    if (cache !== undefined) remember(source, code);
    return code;
}

/** Written beside and renamed, so that a second process never reads half an entry. */
function remember(source, code) {
    const entry = entryOf(source);
    const draft = `${entry}.${process.pid}`;
    try {
        fs.writeFileSync(draft, code, { mode: 0o600 });
        fs.renameSync(draft, entry);
    } catch {
        fs.rmSync(draft, { force: true });
    }
}

/**
 * The SDK loads npm's dependency resolver and the TypeScript compiler at every start, half of its own time, and uses
 * them to serialize functions (dynamic providers) only. `user` gets a stand-in that loads the package at its first use;
 * another version of the SDK that asks from elsewhere gets the package itself.
 */
function loadLazily(request, user) {
    const load = Module._load;
    Module._load = function (name, parent, isMain) {
        if (name !== request || !parent?.filename?.replaceAll(path.sep, "/").endsWith(user)) {
            return load.call(this, name, parent, isMain);
        }
        // Throws where it is not installed, as the SDK expects: it falls back to a compiler of its own.
        Module._resolveFilename(name, parent);
        let loaded;
        const real = () => (loaded ??= load.call(Module, name, parent, isMain));
        return new Proxy(
            {},
            {
                get: (_, key) => {
                    // Of what is no ES module, `import * as` would copy every property, and so load it.
                    if (key === "__esModule") return true;
                    return key === "default" ? (real().default ?? real()) : real()[key];
                },
                has: (_, key) => key in real(),
            },
        );
    };
}

/**
 * Pulumi prints stack traces through `source-map-support`, which looks for maps on disk; ours are in memory.
 * The SDK's own copy is the one to tell (`@pulumi/pulumi/cmd/run/index.js` registers it).
 *
 * The SDK also takes the trace of every resource and promise it makes, and so has the maps of its own and of the
 * providers' files read and decoded: a fifth of a preview's time. Packages get an empty map: their frames keep line and
 * column of the JavaScript that is installed.
 */
function mapStackTraces() {
    try {
        const fromPulumi = Module.createRequire(require.resolve("@pulumi/pulumi/package.json"));
        fromPulumi("source-map-support").install({
            environment: "node",
            retrieveSourceMap: (file) => {
                if (file.includes(`${path.sep}node_modules${path.sep}`)) return { url: file, map: NO_MAP };
                const code = transpiled.get(file);
                if (code === undefined) return null;
                const start = code.lastIndexOf(MAP_MARK) + MAP_MARK.length;
                return { url: file, map: Buffer.from(code.slice(start).trim(), "base64").toString("utf8") };
            },
        });
        const mapped = Error.prepareStackTrace;
        Error.prepareStackTrace = (error, frames) =>
            frames.some((frame) => transpiled.has(frame.getFileName()))
                ? mapped(error, frames)
                : [error, ...frames].join("\n    at ");
    } catch {
        // Without the SDK (or with one that no longer uses it) traces name lines of the transpiled text.
    }
}
