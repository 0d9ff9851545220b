import { MASK, masked, maskedText } from "./mask";

/**
 * A `pulumi preview --json` as data: what the engine intends to do, one change a resource.
 * Format: pulumi `pkg/display/json.go` (PreviewDigest); what Pulumi knows to be a secret is
 * "[secret]" in it already, and what else looks like one is masked as it is read: nothing here holds it.
 */
export interface StackPreview {
    readonly stack: string;
    readonly file: string;
    /** One entry a resource that is not left as it is, in the engine's order. */
    readonly changes: readonly ResourceChange[];
    /** Resources left as they are. */
    readonly unchanged: number;
    /** Errors and warnings of the preview, errors first. */
    readonly diagnostics: readonly { readonly severity: string; readonly message: string }[];
    /** Stack configuration the preview ran with, secrets blinded. */
    readonly config: Readonly<Record<string, string>>;
}

export type Action = "create" | "update" | "replace" | "delete" | "read" | "import" | "other";

export interface ResourceChange {
    readonly urn: string;
    /** e.g. `azure-native:containerservice:ManagedCluster`. */
    readonly type: string;
    readonly name: string;
    readonly action: Action;
    /** Properties that change, with their old and new input values. */
    readonly properties: readonly PropertyChange[];
    /** Properties that force the replacement; empty for other actions. */
    readonly causes: readonly string[];
    readonly protected: boolean;
    /** Inputs before and after, without secrets. */
    readonly oldInputs: Readonly<Record<string, unknown>>;
    readonly newInputs: Readonly<Record<string, unknown>>;
}

export interface PropertyChange {
    /** e.g. `networkProfile.podCidr`. */
    readonly path: string;
    readonly kind: "add" | "delete" | "update";
    readonly replaces: boolean;
    readonly before: unknown;
    readonly after: unknown;
}

/** A preview that ended with an error says what it got to, not what would happen. */
export const hasFailed = ({ diagnostics }: StackPreview): boolean =>
    diagnostics.some(({ severity }) => severity === "error");

interface State {
    readonly type?: string;
    readonly inputs?: Record<string, unknown>;
    readonly protect?: boolean;
}

interface Step {
    readonly op: string;
    readonly urn: string;
    readonly oldState?: State;
    readonly newState?: State;
    readonly replaceReasons?: readonly string[] | null;
    readonly diffReasons?: readonly string[] | null;
    readonly detailedDiff?: Readonly<Record<string, { readonly kind: string }>> | null;
}

const actions: Readonly<Record<string, Action>> = {
    create: "create",
    update: "update",
    replace: "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    delete: "delete",
    "discard-replaced": "replace",
    read: "read",
    "read-replacement": "replace",
    import: "import",
    "import-replacement": "replace",
};
const passedOver = ["same", "refresh", "remove-pending-replace", "read-discard"];

/**
 * Reads one preview.
 * @param text what `pulumi preview --json` printed; lines before the first `{` (progress of a plug-in) are passed over
 * @throws Error naming the file when it is not such a preview
 */
export function readPreview(text: string, stack: string, file: string): StackPreview {
    const digest = parse(text, file);
    const steps = (digest["steps"] ?? []) as Step[];
    const diagnostics = (digest["diagnostics"] ?? []) as { severity?: string; message?: string }[];
    return {
        stack,
        file,
        changes: changesOf(steps),
        // Steps that change nothing are left out unless --show-sames asks for them; the summary counts them.
        unchanged: unchangedIn(digest["changeSummary"]) ?? steps.filter((step) => step.op === "same").length,
        diagnostics: diagnostics
            .map(({ severity = "", message = "" }) => ({ severity, message: maskedText(message.trim()) }))
            .filter(
                ({ severity, message }) => message !== "" && (severity === "error" || severity === "warning"),
            )
            .sort((a, b) => Number(b.severity === "error") - Number(a.severity === "error")),
        config: masked("", digest["config"] ?? {}) as Record<string, string>,
    };
}

function unchangedIn(summary: unknown): number | undefined {
    const same = (summary as { same?: unknown } | undefined)?.same;
    return typeof same === "number" ? same : undefined;
}

function parse(text: string, file: string): Record<string, unknown> {
    const start = text.indexOf("{");
    try {
        const value: unknown = JSON.parse(start < 0 ? text : text.slice(start));
        if (
            typeof value === "object" &&
            value !== null &&
            ("steps" in value || "changeSummary" in value || "diagnostics" in value)
        )
            return value as Record<string, unknown>;
    } catch {
        // Reported below, with what to do about it.
    }
    throw new Error(
        `${file}: this is not the output of \`pulumi preview --json\`; write it with \`pulumi preview --json --stack NAME > ${file}\`.`,
    );
}

/** The engine plans a replacement as up to three steps; a reader wants to see it once. */
function changesOf(steps: readonly Step[]): ResourceChange[] {
    const byUrn = new Map<string, Step[]>();
    for (const step of steps) {
        if (passedOver.includes(step.op)) continue;
        byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
    }
    return [...byUrn].map(([urn, own]) => changeOf(urn, own));
}

function changeOf(urn: string, steps: readonly Step[]): ResourceChange {
    const all = steps.map((step) => actions[step.op] ?? "other");
    const action = all.includes("replace") ? "replace" : (all[0] ?? "other");
    const said = steps.find((step) => Object.keys(step.detailedDiff ?? {}).length > 0) ?? steps[0];
    const before = steps.find((step) => step.oldState !== undefined)?.oldState;
    const after = steps.find((step) => step.newState !== undefined)?.newState;
    const oldInputs = masked("", before?.inputs ?? {}) as Record<string, unknown>;
    const newInputs = masked("", after?.inputs ?? {}) as Record<string, unknown>;
    const properties = Object.entries(said?.detailedDiff ?? {}).map(([path, { kind }]) => ({
        path,
        kind: kind.startsWith("add")
            ? ("add" as const)
            : kind.startsWith("delete")
              ? ("delete" as const)
              : ("update" as const),
        replaces: kind.endsWith("-replace"),
        before: valueAt(oldInputs, path),
        after: valueAt(newInputs, path),
    }));
    const causes = properties.filter((property) => property.replaces).map((property) => property.path);
    const reasons = steps.flatMap((step) => step.replaceReasons ?? []);
    return {
        urn,
        type: urn.split("::")[2]?.split("$").pop() ?? after?.type ?? before?.type ?? "",
        name: urn.split("::")[3] ?? urn,
        action,
        properties,
        causes: action === "replace" ? (causes.length > 0 ? causes : [...new Set(reasons)]) : [],
        protected: before?.protect === true,
        oldInputs,
        newInputs,
    };
}

/** Walks `a.b[0]["c.d"]`, the way the engine writes property paths. */
export function valueAt(root: unknown, path: string): unknown {
    const steps = path.match(/[^.[\]"]+|"(?:[^"\\]|\\.)*"/g) ?? [];
    return steps.reduce<unknown>((value, step) => {
        if (value === MASK) return MASK;
        const key = step.startsWith('"') ? (JSON.parse(step) as string) : step;
        return typeof value === "object" && value !== null
            ? (value as Record<string, unknown>)[key]
            : undefined;
    }, root);
}
