import type { CodeEntry, Example } from "../validation/codes";
import type { Paint } from "./reach-layout";

/** `--explain CODE`: what it means, a bad and a good example. */
export function explainCodeText(entry: CodeEntry, paint: Paint): string {
    const since = [
        entry.since === undefined ? "" : `since Cilium ${entry.since}`,
        entry.until === undefined ? "" : `until Cilium ${entry.until}`,
    ].filter((text) => text !== "");
    return [
        `${paint("strong", `${entry.code}: ${entry.title}`)} ${paint("quiet", `(${[entry.severity, ...since].join(", ")})`)}`,
        "",
        ...paragraph(entry.why),
        "",
        ...paragraph(`Instead: ${entry.fix}.`),
        "",
        `${paint("bad", "Bad")}${given(entry.bad)}:`,
        ...manifest(entry.bad),
        "",
        `${paint("good", "Good")}${given(entry.good)}:`,
        ...manifest(entry.good),
        "",
        paint("quiet", `Source: ${entry.source}`),
        "",
    ].join("\n");
}

function paragraph(text: string): string[] {
    const lines: string[] = [];
    let line = "";
    for (const word of text.split(" ")) {
        if (line.length + word.length > 90) {
            lines.push(line);
            line = word;
        } else line = line === "" ? word : `${line} ${word}`;
    }
    return [...lines, line];
}

function given({ cluster, workloads }: Example): string {
    const facts = Object.entries(cluster ?? {}).map(([key, value]) => `${key} ${String(value)}`);
    const all = [...facts, ...(workloads === undefined ? [] : ["the workloads below"])];
    return all.length === 0 ? "" : ` (with ${all.join(", ")})`;
}

function manifest({ yaml, workloads }: Example): string[] {
    const text = workloads === undefined ? yaml : `${yaml}---\n${workloads}`;
    const lines = text.trimEnd().split("\n");
    // One example shows a rule of hundreds of lines; its point is their number.
    const shown = lines.length > 60 ? [...lines.slice(0, 40), `# … ${lines.length - 40} more lines`] : lines;
    return shown.map((line) => `    ${line}`);
}
