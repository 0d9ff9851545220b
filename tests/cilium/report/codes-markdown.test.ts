import { readFileSync } from "node:fs";
import { join } from "node:path";
import { codesMarkdown } from "../../../cilium/report/codes-markdown";
import { CODES } from "../../../cilium/validation/codes";

it("docs/check.md lists the codes there are (node --require ./loader.cjs docs/codes.ts --write)", () => {
    const text = readFileSync(join(__dirname, "..", "..", "..", "docs", "check.md"), "utf8");
    expect(text).toContain(codesMarkdown(CODES));
});

it("every code is in one of the groups", () => {
    const listed = codesMarkdown(CODES).match(/^\| [A-Z]\d\d \|/gm) ?? [];
    expect(listed).toHaveLength(CODES.length);
});
