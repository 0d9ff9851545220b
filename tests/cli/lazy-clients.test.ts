import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bundle, folderWith, type Bundle } from "./support";

/** Writes every file that Node loads as a module into a file. */
const WATCH = `
const Module = require("node:module");
const fs = require("node:fs");
const load = Module._load;
Module._load = function (request, parent, ...rest) {
    fs.appendFileSync(process.env.LOADED, Module._resolveFilename(request, parent) + "\\n");
    return load.call(this, request, parent, ...rest);
};
`;

/** Issue 8: `--help` and `check` must not pay for the clients of Azure and Kubernetes. */
describe("the clients of Azure and Kubernetes |", () => {
    let cli: Bundle;
    let folder: ReturnType<typeof folderWith>;
    beforeAll(() => {
        cli = bundle();
        folder = folderWith({
            "watch.js": WATCH,
            "good.yaml":
                "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: a, namespace: b}\nspec: {endpointSelector: {}, ingress: [{fromEndpoints: [{}]}]}\n",
            kubeconfig: "apiVersion: v1\nkind: Config\n",
        });
    });
    afterAll(() => {
        folder.remove();
    });
    const loaded = (args: readonly string[]) => {
        const file = join(folder.path, "loaded");
        writeFileSync(file, "");
        const { code } = cli.run(args, {
            cwd: folder.path,
            env: { LOADED: file, NODE_OPTIONS: `--require ${join(folder.path, "watch.js")}` },
        });
        const names = readFileSync(file, "utf8")
            .split("\n")
            .filter((name) => name.includes("/cli/dist/"))
            .map((name) => name.replace(/^.*\/cli\/dist\//, ""));
        return { code, files: [...new Set(names)].sort() };
    };

    it("are read by no help and no check", () => {
        expect(loaded(["--help"])).toEqual({ code: 0, files: ["main.js"] });
        expect(loaded(["verify", "--help"])).toEqual({ code: 0, files: ["commands/verify.js", "main.js"] });
        expect(loaded(["check", "good.yaml"])).toEqual({ code: 0, files: ["commands/check.js", "main.js"] });
    });

    it("are not read for a usage error either, and are when they are needed", () => {
        expect(loaded(["verify"])).toEqual({ code: 2, files: ["commands/verify.js", "main.js"] });
        const target = [
            "--resource-group",
            "rg",
            "--cluster",
            "c",
            "--subscription",
            "00000000-0000-0000-0000-000000000001",
        ];
        expect(loaded(["verify", ...target, "--kubeconfig", "kubeconfig"]).files).toContain("clients.js");
    });
});
