import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { findGo, isRecentGo, LEAST_GO } from "../../../rehearsal/engine/go-toolchain";

const rehearsal = path.join(__dirname, "..", "..", "..", "rehearsal");

test("the least Go is the highest that a go.mod of the rehearsal asks for", () => {
    const asked = fs
        .readdirSync(rehearsal, { recursive: true, encoding: "utf8" })
        .filter((name) => path.basename(name) === "go.mod")
        .map((name) => /^go (\S+)$/m.exec(fs.readFileSync(path.join(rehearsal, name), "utf8"))?.[1] ?? "");
    expect(asked.length).toBeGreaterThanOrEqual(3);
    expect(asked.every((version) => isRecentGo(`go${LEAST_GO}`, version))).toBe(true);
    expect(asked).toContain(LEAST_GO);
});

test.each([
    ["go1.19.8", false],
    ["go1.25.10", false],
    ["go1.25", false],
    ["go1.25.11", true],
    ["go1.26", true],
    ["go2.0.1", true],
    ["devel go1.27-abc", false],
    ["", false],
])("%s is recent enough: %s", (version, recent) => {
    expect(isRecentGo(version)).toBe(recent);
});

describe("with a Go that is too old", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "go-toolchain-"));
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    /** A Go 1.19 whose `go mod download` runs `download`. */
    const oldGo = (name: string, download: string) => {
        const file = path.join(folder, name);
        const script = `#!/bin/sh
case "$1" in
env) echo go1.19.8 ;;
mod) ${download} ;;
esac
`;
        fs.writeFileSync(file, script, { mode: 0o755 });
        return file;
    };

    test("a newer one is fetched as a module, made executable and kept", async () => {
        const module = `root=$GOMODCACHE/toolchain
mkdir -p $root/bin $root/pkg/tool/linux_amd64
echo "$4" > $root/bin/go; touch $root/pkg/tool/linux_amd64/compile
echo "{\\"Dir\\": \\"$root\\"}"`;
        const bin = path.join(folder, "kept");
        const go = await findGo(bin, [oldGo("old", module)]);
        expect(path.relative(bin, go)).toMatch(/^go-[\d.]+\/bin\/go$/);
        expect(fs.readFileSync(go, "utf8")).toMatch(/^golang\.org\/toolchain@v0\.0\.1-go1\.\S+\n$/);
        const compile = path.join(go, "..", "..", "pkg", "tool", "linux_amd64", "compile");
        for (const file of [go, compile]) expect(fs.statSync(file).mode & 0o111).toBe(0o111);
        // Nothing half-done beside it, and nothing is asked a second time.
        expect(fs.readdirSync(bin)).toHaveLength(1);
        expect(await findGo(bin, [])).toBe(go);
    });

    test("a fetch that fails says what to install and leaves nothing", async () => {
        const bin = path.join(folder, "failed");
        const failing = oldGo("failing", "echo no such module >&2; exit 1");
        await expect(findGo(bin, [failing])).rejects.toThrow(
            /go1\.19\.8 is too old.*no such module.*Install Go 1\.25\.11/s,
        );
        expect(fs.readdirSync(bin)).toEqual([]);
    });

    test("no Go at all says what to install", async () => {
        await expect(findGo(path.join(folder, "none"), ["/nowhere/go"])).rejects.toThrow(
            "there is no `go` on PATH. Install Go 1.25.11 or newer",
        );
    });
});
