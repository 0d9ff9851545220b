import type { CodeEntry } from "../validation/codes";

/** What the first letter of a code says. */
const GROUPS: readonly (readonly [string, string])[] = [
    ["L", "Mistakes from real life"],
    ["C", "This cluster: what AKS does not enforce, or refuses"],
    ["S", "Structure: what the API server refuses"],
    ["A", "Acceptance: what Cilium refuses after the object was stored"],
    ["K", "NetworkPolicy: what the API server refuses"],
    ["M", "Manifests: text that cannot be read"],
    ["W", "Workloads"],
    ["D", "Files"],
    ["X", "Annotations"],
];

/** Every code as Markdown tables, for docs/check.md. */
export function codesMarkdown(codes: readonly CodeEntry[]): string {
    return GROUPS.map(([letter, title]) => {
        const rows = codes
            .filter(({ code }) => code.startsWith(letter))
            .map(
                ({ code, severity, title: mistake, fix, since, until }) =>
                    `| ${code} | ${severity}${minors(since, until)} | ${cell(mistake)} | ${cell(fix)} |`,
            );
        return [
            `### ${title}`,
            "",
            "| code | severity | what | instead |",
            "| --- | --- | --- | --- |",
            ...rows,
            "",
        ].join("\n");
    }).join("\n");
}

function minors(since: string | undefined, until: string | undefined): string {
    const text = [since === undefined ? "" : `since ${since}`, until === undefined ? "" : `until ${until}`];
    const said = text.filter((each) => each !== "").join(", ");
    return said === "" ? "" : ` (Cilium ${said})`;
}

/** Pipes end a cell, and angle brackets would be HTML. */
function cell(text: string): string {
    return text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
}
