import * as fs from "node:fs";
import * as path from "node:path";

/** A step of `pulumi preview --json`, as far as this needs to know it. */
interface RecordedStep {
    readonly op: string;
    readonly urn: string;
    readonly oldState?: RecordedState;
    readonly newState?: RecordedState;
    readonly detailedDiff?: unknown;
    readonly replaceReasons?: unknown;
    readonly diffReasons?: unknown;
}

interface RecordedState {
    readonly type: string;
    readonly inputs?: unknown;
    readonly protect?: boolean;
}

/**
 * With `KEEP_PREVIEWS=DIR` a preview of this run stays as `DIR/NAME.json`: the comment's and the guard's tests read them
 * (tests/cli/preview/recorded/README.md).
 * @param name of the change
 * @param json what `pulumi preview --json` printed
 */
export function keepPreview(name: string, json: string): void {
    const folder = process.env["KEEP_PREVIEWS"];
    if (folder === undefined) return;
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `${name}.json`), `${JSON.stringify(trimmed(JSON.parse(json)))}\n`);
}

/** What a reader of previews may look at; outputs, dependencies, times and whatever else belongs to one run go. */
function trimmed({ steps = [], diagnostics = [] }: { steps?: RecordedStep[]; diagnostics?: object[] }) {
    const state = (of: RecordedState | undefined) =>
        of === undefined
            ? undefined
            : { type: of.type, inputs: of.inputs, protect: of.protect === true ? true : undefined };
    const step = ({ op, urn, oldState, newState, ...more }: RecordedStep) => {
        if (op === "same") return { op, urn };
        const { detailedDiff, replaceReasons, diffReasons } = more;
        const states = { oldState: state(oldState), newState: state(newState) };
        return { op, urn, ...states, detailedDiff, replaceReasons, diffReasons };
    };
    return { steps: steps.map(step), diagnostics };
}
