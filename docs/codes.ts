/** Writes the tables of codes into docs/check.md (`--write`), or says whether they are current. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { codesMarkdown } from "../cilium/report/codes-markdown";
import { CODES } from "../cilium/validation/codes";

const file = join(__dirname, "check.md");
const text = readFileSync(file, "utf8");
const current = text.replace(
    /(<!-- Generated [^\n]*-->\n)[\s\S]*?(\n<!-- \/Generated -->)/,
    (_, begin: string, end: string) => `${begin}\n${codesMarkdown(CODES)}${end}`,
);
if (process.argv.includes("--write")) writeFileSync(file, current);
else if (current !== text) {
    console.error(
        "docs/check.md: the codes are not current; node --require ./loader.cjs docs/codes.ts --write",
    );
    process.exitCode = 1;
}
