import { LineCounter, isMap, isNode, isScalar, isSeq, parseDocument, type YAMLMap } from "yaml";
import { parsePeer } from "../model/names";
import type { Position } from "../manifest/document";
import { PROTOCOLS, type Explanation, type PortRange, type Protocol, type Reachability } from "./types";

/** Ports of one protocol that an expectation is about. */
export interface ExpectedPorts {
    readonly protocol: Protocol;
    readonly range: PortRange;
}

/**
 * What should be so, whatever the policies look like: `from` can (or cannot) reach `to` on `ports`. It names only what
 * could be probed on a live cluster: endpoints and ports.
 */
export interface Expectation {
    readonly name: string | undefined;
    /** Names of endpoints as commands take them; `NAMESPACE/*` is every endpoint of a namespace. */
    readonly from: readonly string[];
    readonly to: readonly string[];
    /** Empty: no port at all (only with `allow: false`). */
    readonly ports: readonly ExpectedPorts[];
    readonly allow: boolean;
    readonly position: Position;
}

/** Something wrong with a file of expectations. */
export interface ExpectationProblem extends Position {
    readonly message: string;
    readonly fix: string;
}

/** One pair of ends for which an expectation does not hold. */
export interface ExpectationFailure {
    readonly from: string;
    readonly to: string;
    readonly protocol: Protocol;
    /** The first port of the expectation for which it does not hold. */
    readonly port: number;
    readonly expected: "allow" | "deny";
    readonly explanation: Explanation;
}

export interface ExpectationResult {
    readonly expectation: Expectation;
    readonly passed: boolean;
    readonly failures: readonly ExpectationFailure[];
    /** Names that the model does not know; an expectation about nobody fails. */
    readonly unknown: readonly string[];
}

/**
 * Reads a file of expectations: a list, or a map with a list under `expectations`.
 * @param text YAML or JSON
 * @returns what could be read, and every problem with its place
 */
export function readExpectations(
    text: string,
    file: string,
): { expectations: readonly Expectation[]; problems: readonly ExpectationProblem[] } {
    const lines = new LineCounter();
    const document = parseDocument(text, { lineCounter: lines });
    const problems: ExpectationProblem[] = [];
    const place = (offset: number): Position => {
        const { line, col } = lines.linePos(offset);
        return { file, line, column: col };
    };
    const report = (node: unknown, message: string, fix: string): void => {
        problems.push({ ...place(isNode(node) ? (node.range?.[0] ?? 0) : 0), message, fix });
    };
    for (const error of document.errors) {
        problems.push({
            ...place(error.pos[0]),
            message: error.message.split("\n")[0] ?? "",
            fix: "correct the YAML",
        });
    }
    if (problems.length > 0) return { expectations: [], problems };
    const root = document.contents;
    const list = isMap(root) ? root.get("expectations", true) : root;
    if (!isSeq(list)) {
        report(root, "the file has no list of expectations", "write a list under the key expectations");
        return { expectations: [], problems };
    }
    const expectations = list.items.flatMap((item) => {
        if (!isMap(item)) {
            report(
                item,
                "an expectation is a map of from, to, ports and allow",
                "write from: …, to: …, ports: […], allow: true",
            );
            return [];
        }
        return readExpectation(item, place, report) ?? [];
    });
    return { expectations, problems };
}

type Report = (node: unknown, message: string, fix: string) => void;

const KEYS = ["name", "from", "to", "ports", "allow"];

function readExpectation(
    item: YAMLMap,
    place: (offset: number) => Position,
    report: Report,
): Expectation | undefined {
    let good = true;
    const wrong: Report = (node, message, fix) => {
        good = false;
        report(node, message, fix);
    };
    for (const { key } of item.items) {
        const text = isScalar(key) ? String(key.value) : "";
        if (!KEYS.includes(text)) wrong(key, `unknown key ${text}`, `use one of ${KEYS.join(", ")}`);
    }
    const value = item.toJSON() as Record<string, unknown>;
    const names = (key: "from" | "to"): string[] => {
        const list = Array.isArray(value[key]) ? (value[key] as unknown[]) : [value[key]];
        if (list.length > 0 && list.every((name) => typeof name === "string" && name !== ""))
            return list as string[];
        wrong(
            item.get(key, true) ?? item,
            `${key} names no endpoint`,
            `write ${key}: NAMESPACE/NAME, or a list of names`,
        );
        return [];
    };
    const { allow, ports, name } = value;
    if (typeof allow !== "boolean")
        wrong(
            item.get("allow", true) ?? item,
            "allow is neither true nor false",
            "write allow: true or allow: false",
        );
    const texts =
        ports === undefined || ports === null ? [] : Array.isArray(ports) ? (ports as unknown[]) : [ports];
    if (texts.length === 0 && allow === true) {
        wrong(
            item.get("ports", true) ?? item,
            "an allowed connection needs ports",
            "write e.g. ports: [443, 53/UDP]",
        );
    }
    const read = texts.flatMap((text) => {
        const parsed = parsePorts(String(text));
        if (parsed === undefined) {
            wrong(
                item.get("ports", true),
                `${String(text)} is no port`,
                "write PORT, FROM-TO, or PORT/PROTOCOL (TCP, UDP, SCTP, ICMP, ICMPv6)",
            );
        }
        return parsed ?? [];
    });
    const [from, to] = [names("from"), names("to")];
    if (!good) return undefined;
    return {
        name: typeof name === "string" ? name : undefined,
        from,
        to,
        ports: read,
        allow: allow === true,
        position: place(item.range?.[0] ?? 0),
    };
}

/** `443`, `8000-9000`, `53/UDP`, `8/ICMP`. */
function parsePorts(text: string): ExpectedPorts | undefined {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?(?:\/(\w+))?$/.exec(text.trim());
    if (match === null) return undefined;
    const wanted = (match[3] ?? "TCP").toLowerCase();
    const protocol = PROTOCOLS.find((name) => name.toLowerCase() === wanted);
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    const last = protocol === "ICMP" || protocol === "ICMPv6" ? 255 : 65535;
    return protocol === undefined || from > to || to > last ? undefined : { protocol, range: { from, to } };
}

/** Holds expectations against a model. What depends on something unknown counts as not holding, either way. */
export function evaluateExpectations(
    expectations: readonly Expectation[],
    reachability: Reachability,
): readonly ExpectationResult[] {
    return expectations.map((expectation) => {
        const unknown: string[] = [];
        const expand = (names: readonly string[]): string[] =>
            names.flatMap((name) => {
                const found = expandName(name, reachability);
                if (found.length === 0) unknown.push(name);
                return found;
            });
        const [sources, destinations] = [expand(expectation.from), expand(expectation.to)];
        const failures = sources.flatMap((from) =>
            destinations.flatMap((to) => checkPair(expectation, from, to, reachability)),
        );
        return { expectation, passed: failures.length === 0 && unknown.length === 0, failures, unknown };
    });
}

function expandName(name: string, reachability: Reachability): readonly string[] {
    if (!name.endsWith("/*")) return reachability.classOf(name) === undefined ? [] : [name];
    const prefix = name.slice(0, -1);
    return reachability.classes.flatMap(({ members }) => members.filter((id) => id.startsWith(prefix)));
}

function checkPair(
    { ports, allow }: Expectation,
    from: string,
    to: string,
    reachability: Reachability,
): readonly ExpectationFailure[] {
    const wanted =
        ports.length > 0 ? ports : PROTOCOLS.map((protocol) => ({ protocol, range: { from: 0, to: 65535 } }));
    const ends = [parsePeer(from), parsePeer(to)] as const;
    for (const { protocol, range } of wanted) {
        const port = firstPort(reachability, ends, protocol, range, allow);
        if (port === undefined) continue;
        const explanation = reachability.explain(...ends, protocol, port);
        return [{ from, to, protocol, port, expected: allow ? "allow" : "deny", explanation }];
    }
    return [];
}

/** The first port whose verdict is not the expected one; verdicts change only where a rule's range begins or ends. */
function firstPort(
    reachability: Reachability,
    [from, to]: readonly [ReturnType<typeof parsePeer>, ReturnType<typeof parsePeer>],
    protocol: Protocol,
    range: PortRange,
    allow: boolean,
): number | undefined {
    for (const port of reachability.boundaries(protocol, range)) {
        const { overall } = reachability.query(from, to, protocol, port);
        const holds = allow ? overall === "allow" || overall === "redirect" : overall === "deny";
        if (!holds) return port;
    }
    return undefined;
}
