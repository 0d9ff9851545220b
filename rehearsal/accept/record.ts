/** What an acceptance run writes down: enough to be believed by somebody else, nothing that only the owner may know. */

/** One thing that had to hold. */
export interface Check {
    readonly name: string;
    readonly verdict: "pass" | "fail" | "skipped";
    readonly seconds: number;
    /** What was seen, redacted. */
    readonly found: string;
}

export interface AcceptanceRecord {
    readonly version: 1;
    readonly startedAt: string;
    /** `azure` or `rehearsal`: a record of the rehearsal proves nothing about Azure. */
    readonly against: "azure" | "rehearsal";
    readonly settings: string;
    readonly versions: Readonly<Record<string, string>>;
    readonly checks: readonly Check[];
}

/** Covers what identifies an account or opens a door: ids, addresses, e-mail names, tokens, certificates. */
export function redact(text: string): string {
    return text
        .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, "<id>")
        .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, "<token>")
        .replace(/[A-Za-z0-9+/=_-]{40,}/g, "<redacted>")
        .replace(/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, "<mail>")
        .replace(/https:\/\/[\w.-]+(:\d+)?/g, "https://<host>")
        .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, "<address>");
}

/** A step of `pulumi preview --json` that changes something. */
export interface PlannedStep {
    readonly op: string;
    readonly type: string;
}

/** Reads `pulumi preview --json`: the steps that change anything. */
export function plannedSteps(json: string): PlannedStep[] {
    const { steps = [] } = JSON.parse(json) as { steps?: { op: string; urn: string }[] };
    return steps
        .filter(({ op }) => op !== "same" && op !== "read")
        .map(({ op, urn }) => ({ op, type: urn.split("::")[2]?.split("$").at(-1) ?? "" }));
}

/** `update azure-native:…:ManagedCluster, 2 × create …`; `nothing`. */
export function describe(steps: readonly PlannedStep[]): string {
    const counts = new Map<string, number>();
    for (const { op, type } of steps) counts.set(`${op} ${type}`, (counts.get(`${op} ${type}`) ?? 0) + 1);
    const words = [...counts].map(([what, count]) => (count === 1 ? what : `${count} × ${what}`));
    return words.length === 0 ? "nothing" : words.join(", ");
}

/** A stack's settings for a run that has to be able to remove everything again. */
export function acceptanceSettings(source: string): string {
    const own = source
        .split("\n")
        .filter((line) => !/^(encryptionsalt|encryptedkey|secretsprovider):/.test(line))
        .filter((line) => !/^ {2}aks-cilium:(protectFromDeletion|deleteLock):/.test(line));
    return `${own.join("\n").trimEnd()}\n  aks-cilium:protectFromDeletion: false\n  aks-cilium:deleteLock: false\n`;
}

/** The same settings with one tag more. */
export function withTag(settings: string, key: string, value: string): string {
    const line = /^ {2}aks-cilium:tags: *(\{.*\})? *$/m.exec(settings);
    if (line === null) return `${settings.trimEnd()}\n  aks-cilium:tags: { ${key}: "${value}" }\n`;
    const inline = line[1];
    // A block of lines below `tags:` takes one more line; a flow mapping one more entry.
    const more =
        inline === undefined
            ? `${line[0]}\n    ${key}: "${value}"`
            : line[0].replace(
                  /\s*\}\s*$/,
                  /^\{\s*\}$/.test(inline) ? ` ${key}: "${value}" }` : `, ${key}: "${value}" }`,
              );
    return settings.replace(line[0], more);
}
