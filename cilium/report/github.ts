import type { Finding } from "../validation/finding";
import { sentence } from "./check-model";

const COMMAND = { error: "error", warning: "warning", info: "notice" } as const;

/**
 * Workflow commands that GitHub shows as annotations at the lines of a pull request.
 * Source: GitHub documentation, "Workflow commands for GitHub Actions" (escaping as in actions/toolkit command.ts).
 */
export function* githubAnnotations(findings: readonly Finding[]): Iterable<string> {
    for (const { severity, code, message, why, fix, file, line, column } of findings) {
        const properties = [
            ["file", file],
            ["line", String(line)],
            ["col", String(column)],
            ["title", code],
        ].map(([key, value]) => `${key}=${escapeProperty(value ?? "")}`);
        yield `::${COMMAND[severity]} ${properties.join(",")}::${escapeData(`${sentence(message)}\n${sentence(why)}\nFix: ${sentence(fix)}`)}\n`;
    }
}

function escapeData(text: string): string {
    return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
    return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
