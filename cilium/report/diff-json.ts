import { formatPath } from "../manifest/document";
import type { DiffConnection, DiffEnd, ReachabilityDiff } from "../reachability/diff";
import type { RuleReference } from "../reachability/types";
import { documentId } from "../validation/finding";
import { formatPorts } from "./reach-ports";

/** What else the machine-readable difference carries, e.g. the versions that were compared. */
export type DiffJsonExtra = Readonly<Record<string, unknown>>;

/**
 * The machine-readable difference, in pieces. Connections are between endpoints; `verdict` is what holds after, for
 * closed ones what held before. `cause` lists rules, each connection's `cause` the indices of those it comes from.
 */
export function* diffJson(diff: ReachabilityDiff, extra: DiffJsonExtra = {}): Generator<string> {
    const rules: object[] = [];
    const indices = diff.causes.map(({ removed, added }) =>
        [removed.map((rule) => jsonCause(rule, "removed")), added.map((rule) => jsonCause(rule, "added"))]
            .flat()
            .map((rule) => rules.push(rule) - 1),
    );
    yield '{"version":1';
    for (const [key, value] of Object.entries(extra))
        yield `,\n${JSON.stringify(key)}:${JSON.stringify(value)}`;
    for (const kind of ["opened", "closed", "changed"] as const) {
        yield `,\n"${kind}":[`;
        let separator = "\n";
        for (const connection of diff[kind]) {
            const rest = jsonRest(connection, kind, indices[connection.cause] ?? []);
            for (const from of namesOf(connection.from)) {
                for (const to of namesOf(connection.to)) {
                    yield `${separator}{"from":${JSON.stringify(from)},"to":${JSON.stringify(to)},${rest}`;
                    separator = ",\n";
                }
            }
        }
        yield "]";
    }
    yield `,\n"cause":${JSON.stringify(rules)}`;
    yield `,\n"endpoints":${JSON.stringify({ added: diff.added, removed: diff.removed })}}\n`;
}

/** As commands take them: an address range is written without the prefix that class ids have. */
function namesOf({ type, members }: DiffEnd): readonly string[] {
    return type === "cidr" ? members.map((name) => name.replace(/^cidr:/, "")) : members;
}

function jsonRest(connection: DiffConnection, kind: string, cause: readonly number[]): string {
    const { protocol, ports, before, after, reason } = connection;
    const verdict = kind === "closed" ? before : after;
    const optional = reason === undefined ? {} : { reason };
    return JSON.stringify({
        protocol,
        ports: formatPorts(ports),
        verdict,
        before,
        after,
        ...optional,
        cause,
    }).slice(1);
}

function jsonCause({ document, path, position }: RuleReference, change: "added" | "removed"): object {
    const { file, line, column } = position;
    return {
        document: documentId(document),
        kind: document.kind,
        file,
        line,
        column,
        path: formatPath(path),
        change,
    };
}
