import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { copySettings, workingCopy } from "../../../rehearsal/engine/settings";

const SOURCE = "config:\n  aks-cilium:location: westeurope\n";

describe("the working copy of a stack's settings", () => {
    test("keeps the engine's salt, takes everything else from the checkout", () => {
        const previous = "config:\n  aks-cilium:location: northeurope\nencryptionsalt: v1:abc\n";
        expect(workingCopy("Pulumi.dev.yaml", SOURCE, previous)).toBe(`${SOURCE}encryptionsalt: v1:abc\n`);
        expect(workingCopy("Pulumi.dev.yaml", SOURCE, undefined)).toBe(SOURCE);
    });

    test("the real stack's own encryption has no say", () => {
        const real = `secretsprovider: azurekeyvault://x\nencryptedkey: k\n${SOURCE}`;
        expect(workingCopy("Pulumi.prod.yaml", real, undefined)).toBe(SOURCE);
    });

    test("a secret of the real stack is refused with its line", () => {
        const source = `${SOURCE}  aks-cilium:token:\n    secure: AAAB\n`;
        expect(() => workingCopy("Pulumi.prod.yaml", source, undefined)).toThrow(
            "Pulumi.prod.yaml:4: a secret",
        );
    });

    test("an unknown stack names the known ones", () => {
        const root = fs.mkdtempSync(path.join(os.tmpdir(), "settings-"));
        for (const stack of ["prod", "dev"])
            fs.writeFileSync(path.join(root, `Pulumi.${stack}.yaml`), SOURCE);
        fs.writeFileSync(path.join(root, "Pulumi.yaml"), "name: x\n");
        expect(() => copySettings(root, path.join(root, "copies"), "test")).toThrow("Stacks: dev, prod.");
        const copy = copySettings(root, path.join(root, "copies"), "dev");
        expect(fs.readFileSync(copy, "utf8")).toBe(SOURCE);
        fs.rmSync(root, { recursive: true });
    });
});
