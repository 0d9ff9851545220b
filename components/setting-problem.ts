/** One thing that cannot work, or (warning) hardly will. Reported together with all others, never repaired silently. */
export interface SettingProblem {
    /** Stable, e.g. `NET02`; listed in docs/settings.md. */
    readonly code: string;
    /** Warnings are said and do not stop anything. */
    readonly severity: "error" | "warning";
    /** Name of the setting, which is also the name of the component's argument, e.g. `pools.user.maxPods`. */
    readonly setting: string;
    /** What was given, as written; `undefined` where nothing was. */
    readonly value: unknown;
    /** What it has to be, and who says so. */
    readonly rule: string;
    /** What to write instead. */
    readonly fix: string;
}

/** A problem that stops everything. */
export function refusal(
    code: string,
    setting: string,
    value: unknown,
    rule: string,
    fix: string,
): SettingProblem {
    return { code, severity: "error", setting, value, rule, fix };
}

/** The same as a remark. */
export function remark(
    code: string,
    setting: string,
    value: unknown,
    rule: string,
    fix: string,
): SettingProblem {
    return { code, severity: "warning", setting, value, rule, fix };
}

/**
 * All problems as one message for a terminal.
 * @param subject what they are about, e.g. `stack dev` or `AksCiliumCluster "aks"`
 */
export function formatProblems(subject: string, problems: readonly SettingProblem[]): string {
    const count = problems.length === 1 ? "1 setting" : `${problems.length} settings`;
    return [`${count} of ${subject} cannot work; nothing was changed.`, ...problems.map(formatProblem)].join(
        "\n\n",
    );
}

/** One problem: three lines, the value first. */
export function formatProblem({ code, setting, value, rule, fix }: SettingProblem): string {
    return `  ${code}  ${setting}: ${formatValue(value)}\n         ${rule}\n         fix: ${fix}`;
}

function formatValue(value: unknown): string {
    if (value === undefined) return "(not set)";
    // Text that looks like something else is quoted: "3" is not 3.
    return typeof value === "string" && !/^(true|false|null|-?\d+|)$/.test(value)
        ? value
        : JSON.stringify(value);
}
