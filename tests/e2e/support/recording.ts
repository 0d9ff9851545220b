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

/** What the comment reads of a project beside previews. */
const PROJECT = ["Pulumi.yaml", "Pulumi.dev.yaml", "policies"];

const target = (): string | undefined => process.env["KEEP_PREVIEWS"];

/**
 * With `KEEP_PREVIEWS=DIR` settings and policies of this run stay in `DIR/project`, as they were before any change.
 * @param root of the project
 */
export function keepProject(root: string): void {
    const folder = target();
    if (folder === undefined) return;
    fs.rmSync(path.join(folder, "project"), { recursive: true, force: true });
    for (const part of PROJECT)
        fs.cpSync(path.join(root, part), path.join(folder, "project", part), { recursive: true });
}

/**
 * With `KEEP_PREVIEWS=DIR` a preview of this run stays as `DIR/NAME/preview.json`, and the files that were changed for it
 * in `DIR/NAME/changed`: the comment's and the guard's tests read them (tests/cli/preview/recorded/README.md).
 * @param name of the change
 * @param json what `pulumi preview --json` printed
 * @param root of the project
 */
export function keepPreview(name: string, json: string, root: string): void {
    const folder = target();
    if (folder === undefined) return;
    const own = path.join(folder, name);
    fs.rmSync(path.join(own, "changed"), { recursive: true, force: true });
    fs.mkdirSync(own, { recursive: true });
    const preview = trimmed(JSON.parse(json) as RecordedPreview);
    fs.writeFileSync(path.join(own, "preview.json"), `${JSON.stringify(preview)}\n`);
    for (const file of filesOf(root)) {
        const [now, before] = [root, path.join(folder, "project")].map((at) => textOf(path.join(at, file)));
        if (now !== before)
            fs.cpSync(path.join(root, file), path.join(own, "changed", file), { recursive: true });
    }
}

function filesOf(root: string): string[] {
    return PROJECT.flatMap((part) => {
        const at = path.join(root, part);
        if (fs.statSync(at).isFile()) return [part];
        const inside = fs.readdirSync(at, { recursive: true, encoding: "utf8" });
        return inside
            .map((name) => path.join(part, name))
            .filter((name) => fs.statSync(path.join(root, name)).isFile());
    });
}

const textOf = (file: string): string | undefined =>
    fs.existsSync(file) ? fs.readFileSync(file, "utf8") : undefined;

interface RecordedPreview {
    readonly steps?: readonly RecordedStep[];
    readonly diagnostics?: readonly object[];
    readonly changeSummary?: object;
}

/** What a reader of previews may look at; outputs, dependencies, times and whatever else belongs to one run go. */
function trimmed({ steps = [], diagnostics = [], changeSummary }: RecordedPreview) {
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
    return { steps: steps.map(step), diagnostics, changeSummary };
}
