import {
    chmodSync,
    existsSync,
    lstatSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    statSync,
    symlinkSync,
    writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { changeKubeconfig, kubeconfigFile } from "../../../cli/credentials/file";
import { folderWith } from "../support";

const folders: ReturnType<typeof folderWith>[] = [];
const folder = (files: Readonly<Record<string, string>> = {}): string => {
    const made = folderWith(files);
    folders.push(made);
    return made.path;
};
afterAll(() => folders.forEach((each) => each.remove()));
const mode = (file: string): string => (statSync(file).mode & 0o777).toString(8);
const put = (text: string) => () => ({ text });

describe("which kubeconfig |", () => {
    it.each([
        ["/a/b", { KUBECONFIG: "/x" }, "/a/b"],
        [undefined, { KUBECONFIG: "/x:/y" }, "/x"],
        [undefined, { KUBECONFIG: ":/y" }, "/home/me/.kube/config"],
        [undefined, {}, "/home/me/.kube/config"],
    ])("--file %s and %j", (asked, environment, expected) => {
        expect(kubeconfigFile(asked, environment, "/home/me")).toBe(expected);
    });
});

describe("writing a kubeconfig |", () => {
    it("makes folder and file for their owner only, and leaves nothing beside it", () => {
        const at = join(folder(), ".kube", "config");
        changeKubeconfig(at, (existing) => ({ text: `${existing}` }));
        expect([readFileSync(at, "utf8"), mode(at), mode(join(at, ".."))]).toEqual([
            "undefined",
            "600",
            "700",
        ]);
        expect(readdirSync(join(at, ".."))).toEqual(["config"]);
    });

    it("closes a file that others could read", () => {
        const at = join(folder({ config: "old" }), "config");
        chmodSync(at, 0o644);
        changeKubeconfig(at, (existing) => ({ text: `${existing} new` }));
        expect([readFileSync(at, "utf8"), mode(at)]).toEqual(["old new", "600"]);
    });

    it("a refused change leaves the file, and no lock", () => {
        const at = join(folder({ config: "old" }), "config");
        const refuse = () => {
            throw new Error("no");
        };
        expect(() => changeKubeconfig(at, refuse)).toThrow("no");
        expect([readFileSync(at, "utf8"), readdirSync(join(at, ".."))]).toEqual(["old", ["config"]]);
    });

    it("a symbolic link stays one, also to a file that is not there yet", () => {
        const at = folder({ "real/config": "old" });
        symlinkSync("real/config", join(at, "link"));
        symlinkSync(join(at, "real", "new"), join(at, "dangling"));
        changeKubeconfig(join(at, "link"), put("changed"));
        changeKubeconfig(join(at, "dangling"), put("fresh"));
        expect(lstatSync(join(at, "link")).isSymbolicLink()).toBe(true);
        expect([
            readFileSync(join(at, "real", "config"), "utf8"),
            readFileSync(join(at, "real", "new"), "utf8"),
        ]).toEqual(["changed", "fresh"]);
    });

    it("a circle of links is refused", () => {
        const at = folder();
        symlinkSync("b", join(at, "a"));
        symlinkSync("a", join(at, "b"));
        expect(() => changeKubeconfig(join(at, "a"), put("x"))).toThrow(/in a circle/);
    });

    it("waits for nobody: a lock of kubectl's is told, and kept", () => {
        const at = folder({ config: "old", "config.lock": "" });
        expect(() => changeKubeconfig(join(at, "config"), put("new"))).toThrow(/config\.lock exists/);
        expect([readFileSync(join(at, "config"), "utf8"), existsSync(join(at, "config.lock"))]).toEqual([
            "old",
            true,
        ]);
    });

    it("a folder, or a path through a file, is refused in words", () => {
        const at = folder({ file: "x" });
        mkdirSync(join(at, "config"));
        expect(() => changeKubeconfig(join(at, "config"), put("x"))).toThrow(/it is a folder/);
        writeFileSync(join(at, "file"), "x");
        expect(() => changeKubeconfig(join(at, "file", "config"), put("x"))).toThrow(/cannot be written/);
    });
});
