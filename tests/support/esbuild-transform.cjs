"use strict";
// Transpile only: types are checked by `npm run check:types`, and a type-checking transformer
// costs several times the CPU of the tests themselves.
const { transformSync } = require("esbuild");
const crypto = require("node:crypto");

module.exports = {
    getCacheKey: (source, file, options) =>
        crypto
            .createHash("sha1")
            .update(source)
            .update(file)
            .update(options.configString)
            .update(process.version)
            .digest("hex"),
    process: (source, file) => {
        const { code, map } = transformSync(source, {
            loader: file.endsWith(".ts") ? "ts" : "js",
            format: "cjs",
            target: "node22",
            sourcemap: "external",
            sourcefile: file,
            supported: { "dynamic-import": false },
        });
        return { code, map };
    },
};
