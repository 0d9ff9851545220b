// preview-file.mjs FOLDER CODE: puts together what a preview said, as `pulumi preview --json` would have: its digest
// (FOLDER/digest.json, empty when it ended early), violations of the guardrails (FOLDER/events.jsonl) and, where there is no
// digest, FOLDER/stderr.txt. What went wrong is printed to stderr as well.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, code] = process.argv.slice(2);
const text = (name) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), "utf8") : "");

/** The digest; plug-ins may write lines before it. */
function digest() {
    const said = text("digest.json");
    try {
        const value = JSON.parse(said.slice(Math.max(0, said.indexOf("{"))));
        if (typeof value === "object" && value !== null) return value;
    } catch {
        // Told by its stderr below.
    }
    return undefined;
}

/** Violations as diagnostics: mandatory ones end a preview, so they are errors. */
function violations() {
    const events = text("events.jsonl")
        .split("\n")
        .filter((line) => line.includes('"policyEvent"'))
        .map((line) => JSON.parse(line).policyEvent)
        .filter((event) => event !== undefined);
    return events.map(({ resourceUrn = "", message, policyName, enforcementLevel, severity }) => {
        const [, , types = "", name = ""] = resourceUrn.split("::");
        return {
            severity: enforcementLevel === "advisory" ? "warning" : "error",
            message: `guardrail ${policyName} (${[enforcementLevel, severity].filter(Boolean).join(", ")}) at ${types.split("$").at(-1)} ${name}\n${message}`,
        };
    });
}

/** What pulumi said instead of a digest: the project does not load, the login failed. */
function spoken() {
    const end = text("stderr.txt").trim().slice(-6000);
    return end === "" ? `pulumi ended with ${code} and said nothing` : end;
}

const said = digest();
const own = said?.diagnostics ?? [];
const early = said === undefined && code !== "0" ? [{ severity: "error", message: spoken() }] : [];
const found = violations();
// `error: preview failed` says nothing that a refusal does not say better.
const refused = found.some(({ severity }) => severity === "error");
const diagnostics = [
    ...found,
    ...own.filter(({ message }) => !(refused && /^(error: )?preview failed\s*$/.test(message))),
    ...early,
];
for (const { severity, message } of diagnostics)
    if (severity === "error" || code === "0") process.stderr.write(`${message.trim()}\n\n`);
process.stdout.write(JSON.stringify({ steps: [], ...said, diagnostics }));
