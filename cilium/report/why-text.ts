import { formatPath, type ManifestDocument } from "../manifest/document";
import type { Explanation, RuleReference, SideExplanation, SideVerdict } from "../reachability/types";
import { documentId } from "../validation/finding";
import { wrap, type Paint } from "./reach-layout";

const OVERALL = {
    allow: "allowed",
    redirect: "allowed, through a proxy",
    deny: "denied",
    depends: "it depends",
};

const SIDE: Readonly<Record<SideVerdict, string>> = {
    allow: "allowed",
    redirect: "allowed, through a proxy",
    deny: "denied by a rule",
    "default-deny": "denied, because no rule allows it",
    depends: "it depends",
    "n/a": "no policy applies here",
};

/**
 * The verdict of both ends as a short story: which policies select each end, whether default deny is on and because of
 * whom, which rule decides and where it stands, the smallest change that would flip it.
 */
export function whyText(explanation: Explanation, { width, paint }: { width: number; paint: Paint }): string {
    const { from, to, protocol, port, overall, reason, sides, notEvaluated } = explanation;
    const what = `${protocol}${protocol.startsWith("ICMP") ? " type" : ""} ${port}`;
    const colour = overall === "deny" ? "bad" : overall === "depends" ? "warn" : "good";
    const lines = [
        paint("strong", `${from} → ${to}, ${what}: `) +
            paint(colour, OVERALL[overall]) +
            decidedAt(overall, sides),
        ...(reason === undefined ? [] : paragraph("because ", reason, width)),
        ...sides.flatMap((side) => ["", ...sideLines(side, explanation, width, paint)]),
        ...(notEvaluated.length === 0 ? [] : [""]),
        ...notEvaluated.flatMap((text) => paragraph("not evaluated: ", text, width)),
    ];
    return `${lines.join("\n")}\n`;
}

/** Most asked: is it the sender or the receiver that stops it? */
function decidedAt(overall: Explanation["overall"], sides: readonly SideExplanation[]): string {
    if (overall !== "deny") return "";
    const closed = sides.filter(({ verdict }) => verdict === "deny" || verdict === "default-deny");
    const [first, second] = closed.map(({ direction }) => direction);
    if (first === undefined) return "";
    if (second !== undefined) return " on both sides; both must change";
    return first === "egress"
        ? " when leaving; the other side lets it in"
        : " when entering; the other side lets it out";
}

function sideLines(side: SideExplanation, { from, to }: Explanation, width: number, paint: Paint): string[] {
    const { direction, verdict, selectedBy, defaultDeny, deciding, flip } = side;
    const end = direction === "egress" ? from : to;
    const closed = verdict === "deny" || verdict === "default-deny";
    const colour = closed ? "bad" : verdict === "depends" ? "warn" : "good";
    const title = `${direction === "egress" ? "Leaving" : "Entering"} ${end}: `;
    const rows: [string, readonly string[]][] = [];
    if (verdict !== "n/a") rows.push(["selected by", selected(selectedBy, end, direction)]);
    if (defaultDeny.length > 0) rows.push(["default deny", becauseOf(defaultDeny)]);
    else if (selectedBy.length > 0)
        rows.push(["default deny", [`off: ${direction} that no rule mentions is allowed`]]);
    if (deciding.length > 0) rows.push([closed ? "denied by" : "allowed by", deciding.map(describeRule)]);
    if (flip !== undefined) rows.push([closed ? "to open it" : "to close it", [flip]]);
    const label = Math.max(...rows.map(([name]) => name.length), 0) + 2;
    return [
        paint("strong", title) + paint(colour, SIDE[verdict]),
        ...rows.flatMap(([name, items]) =>
            items.flatMap((item, index) =>
                paragraph(`    ${(index === 0 ? name : "").padEnd(label)}`, item, width),
            ),
        ),
    ];
}

/** One rule is reason enough; of the policies that would do the same the names are. */
function becauseOf(rules: readonly RuleReference[]): readonly string[] {
    const [first, ...rest] = rules;
    if (first === undefined) return [];
    const others = new Set(rest.map(({ document }) => document));
    others.delete(first.document);
    const names = [...others].map(describeDocument);
    return [
        `on, because of ${describeRule(first)}`,
        ...(names.length === 0 ? [] : [`and of ${names.join(", ")}`]),
    ];
}

function selected(documents: readonly ManifestDocument[], end: string, direction: string): readonly string[] {
    if (documents.length > 0) return [documents.map(describeDocument).join(", ")];
    return [`no policy: ${direction} of ${end} is open`];
}

function describeRule(rule: RuleReference): string {
    const { document, path, position, l7 } = rule;
    const filter = l7 === undefined ? "" : ` (${l7})`;
    return `${describeDocument(document)}, ${formatPath(path)}${filter} at ${position.file}:${position.line}:${position.column}`;
}

/** `CiliumNetworkPolicy shop/front`. */
export function describeDocument(document: ManifestDocument): string {
    return `${document.kind} ${documentId(document)}`;
}

/** Text behind a label, wrapped under itself. */
function paragraph(label: string, text: string, width: number): string[] {
    const room = Math.max(30, width - label.length);
    return wrap(text.split(" "), room, " ").map((line, index) =>
        index === 0 ? `${label}${line}` : `${" ".repeat(label.length)}${line}`,
    );
}
