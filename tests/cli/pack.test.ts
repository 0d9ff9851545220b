import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folderWith, ROOT } from "./support";

/** `npm pack` of a workspace into a folder; its name ends in .tgz. */
function pack(workspace: string, folder: string): string {
    const args = ["pack", "--silent", "--workspace", workspace, "--pack-destination", folder];
    // The build of the checkout is left alone: what is packed is built by `prepack` all the same.
    execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", stdio: "pipe" });
    const packed = readdirSync(folder).find((name) => name.endsWith(".tgz"));
    if (packed === undefined) throw new Error(`npm pack of ${workspace} left no archive`);
    return join(folder, packed);
}

describe("packed |", () => {
    const folders: ReturnType<typeof folderWith>[] = [];
    const empty = (): string => {
        const folder = folderWith({ "package.json": '{"private":true}' });
        folders.push(folder);
        return folder.path;
    };
    afterAll(() => folders.forEach((folder) => folder.remove()));

    it("the command line installs by itself, with nothing beside it, and checks", () => {
        const folder = empty();
        const archive = pack("cli", folder);
        execFileSync("npm", ["install", "--offline", "--no-audit", "--no-fund", "--silent", archive], {
            cwd: folder,
            stdio: "pipe",
        });
        expect(readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."))).toEqual([
            "aks-cilium",
        ]);
        writeFileSync(
            join(folder, "deny.yaml"),
            "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\nmetadata: {name: deny, namespace: shop}\nspec: {endpointSelector: {}, ingress: []}\n",
        );
        const { status, stdout } = spawnSync(
            join(folder, "node_modules", ".bin", "aks-cilium"),
            ["check", "deny.yaml"],
            {
                cwd: folder,
                encoding: "utf8",
            },
        );
        expect([status, stdout]).toEqual([1, expect.stringContaining("error L01 (shop/deny)")]);
        const licences = readFileSync(
            join(folder, "node_modules", "aks-cilium", "dist", "THIRD-PARTY-LICENCES.txt"),
            "utf8",
        );
        // The clients of Azure and Kubernetes are in there as well, and start with nothing beside them.
        const verify = spawnSync(
            join(folder, "node_modules", ".bin", "aks-cilium"),
            [
                ...["verify", "--resource-group", "rg", "--cluster", "aks", "--timeout", "2"],
                ...["--subscription", "00000000-0000-0000-0000-000000000001"],
            ],
            { encoding: "utf8", env: { ...process.env, ARM_ENDPOINT: "https://127.0.0.1:1", HOME: folder } },
        );
        expect([verify.status, verify.stdout]).toEqual([2, expect.stringContaining("could not be checked")]);
        for (const name of [
            "commander",
            "yaml",
            "zod",
            "re2js",
            "@azure/identity",
            "@kubernetes/client-node",
        ])
            expect(licences).toMatch(new RegExp(`^${name} \\d`, "m"));
    }, 300_000);

    it("the library has declarations that a strict program compiles against, and answers", () => {
        const folder = empty();
        const archive = pack("cilium", folder);
        execFileSync("tar", ["xzf", archive], { cwd: folder });
        // Its dependencies are four packages of the registry; the checkout has the same versions.
        const program = `
import { checkDocuments, readManifests, type Finding } from "./package/dist/types/index";
const { documents } = readManifests("", { file: "-" });
const found: readonly Finding[] = checkDocuments(documents, { cluster: { cilium: ["1.18"], advancedNetworking: "off" } }).findings;
// @ts-expect-error a tier that does not exist
checkDocuments(documents, { cluster: { cilium: ["1.18"], advancedNetworking: "l8" } });
export const codes: string[] = found.map(({ code }) => code);
`;
        writeFileSync(join(folder, "program.ts"), program);
        const tsc = join(ROOT, "node_modules", "ts7", "bin", "tsc");
        const flags = [
            "--noEmit",
            "--strict",
            "--skipLibCheck",
            "--module",
            "node16",
            "--types",
            "node",
            "--typeRoots",
            join(ROOT, "node_modules", "@types"),
        ];
        const compiled = spawnSync(process.execPath, [tsc, ...flags, "program.ts"], {
            cwd: folder,
            encoding: "utf8",
        });
        expect(compiled.stdout).toBe("");
        const answer = spawnSync(
            process.execPath,
            [
                "-e",
                'const { explainCode } = require("./package/dist/index.js"); console.log(explainCode("L03").title);',
            ],
            { cwd: folder, encoding: "utf8", env: { ...process.env, NODE_PATH: join(ROOT, "node_modules") } },
        );
        expect([answer.stderr, answer.stdout]).toEqual(["", "an empty list of peers\n"]);
    }, 120_000);
});
