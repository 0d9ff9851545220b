import type { Item, MakeElement, Model } from "./types";

/**
 * The panel beside the matrix: ports, verdicts and the rules that decide for the chosen cell.
 *
 * Runs in the browser: the page embeds the text of this function.
 */
export function createDetail(root: HTMLElement, model: Model, make: MakeElement): void {
    // Pairs of a folded cell that are listed; the rest is a filter away.
    const maxPairs = 100;
    const { data } = model;
    const WORDS = { allow: "allowed", redirect: "through a proxy", depends: "depends" };

    function rulesOf(set: number): HTMLElement {
        const rules = (data.ruleSets[set] ?? []).map((index) => data.rules[index]);
        if (rules.length === 0)
            return make("p", { class: "quiet" }, "allowed by default: no default deny at either end");
        return make(
            "ul",
            { class: "rules" },
            ...rules.flatMap((rule) => {
                if (rule === undefined) return [];
                const filter = rule.l7 === undefined ? "" : ` — ${rule.l7}`;
                return make(
                    "li",
                    {},
                    make("code", {}, rule.place),
                    make("span", {}, `${rule.document}, ${rule.path}${filter}`),
                );
            }),
        );
    }

    function pair(from: number, to: number): Node[] {
        const parts = model.parts(from, to);
        if (data.groups[from]?.pods === false && data.groups[to]?.pods === false) {
            return [make("p", { class: "quiet" }, "Neither is a pod: no policy decides.")];
        }
        if (parts.length === 0) return denied(from, to);
        const rows = parts.map(({ part: { what, verdict, reason }, rules }) => {
            const why =
                reason === undefined ? [] : [make("p", { class: "reason" }, data.reasons[reason] ?? "")];
            return make(
                "tr",
                {},
                make("th", { scope: "row" }, what),
                make(
                    "td",
                    {},
                    make("span", { class: `verdict ${verdict}` }, WORDS[verdict]),
                    ...why,
                    rulesOf(rules),
                ),
            );
        });
        const head = make(
            "tr",
            {},
            make("th", { scope: "col" }, "Ports"),
            make("th", { scope: "col" }, "Verdict, and the rules that decide"),
        );
        return [make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows))];
    }

    function denied(from: number, to: number): Node[] {
        const ends = [
            ["Leaving", from, data.groups[from]?.egressDeny ?? -1] as const,
            ["Entering", to, data.groups[to]?.ingressDeny ?? -1] as const,
        ];
        return [
            make("p", {}, make("span", { class: "verdict none" }, "denied")),
            ...ends.flatMap(([verb, group, rules]) => {
                const name = data.groups[group]?.name ?? "";
                return rules === -1
                    ? [make("h3", {}, `${verb} ${name}: open unless a deny rule says otherwise`)]
                    : [make("h3", {}, `${verb} ${name}: default deny, because of`), rulesOf(rules)];
            }),
        ];
    }

    function pairs(from: Item, to: Item): Node[] {
        const open = from.groups.flatMap((one) =>
            to.groups.flatMap((other) => (model.parts(one, other).length > 0 ? [[one, other] as const] : [])),
        );
        const item = (group: number, like: Item): Item => {
            const { name = "", section = "", members = [] } = data.groups[group] ?? {};
            return like.kind === "group"
                ? like
                : { kind: "group", name, section, groups: [group], members: members.length };
        };
        const list = open.slice(0, maxPairs).map(([one, other]) => {
            const [source, target] = [item(one, from), item(other, to)];
            const button = make(
                "button",
                { type: "button", class: "link" },
                `${source.name} → ${target.name}`,
            );
            button.addEventListener("click", () => model.select(source, target));
            return make(
                "li",
                {},
                button,
                make("span", { class: "quiet" }, ` ${model.summary(source, target).text}`),
            );
        });
        const more = open.length - list.length;
        return [
            make("p", {}, model.summary(from, to).text),
            make("ul", { class: "pairs" }, ...list),
            ...(more > 0 ? [make("p", { class: "quiet" }, `and ${more} more; a filter brings them up`)] : []),
        ];
    }

    function members(item: Item): Node[] {
        const names = item.groups.flatMap((group) => data.groups[group]?.members ?? []);
        if (names.length < 2) return [];
        const summary = make("summary", {}, `${names.length} workloads behind ${item.name}`);
        return [make("details", {}, summary, make("p", { class: "members" }, names.join(", ")))];
    }

    function command(from: Item, to: Item): Node[] {
        const name = ({ groups }: Item): string => {
            const { members = [], name = "" } = data.groups[groups[0] ?? -1] ?? {};
            return members[0] ?? name;
        };
        const [first] = model.parts(from.groups[0] ?? 0, to.groups[0] ?? 0);
        const port = first?.part.protocols[0]?.[1] ?? 80;
        const text = `aks-cilium why ${name(from)} ${name(to)} ${port === 0 ? 80 : port}`;
        return [make("h3", {}, "The whole story"), make("p", {}, make("code", {}, text))];
    }

    function show(): void {
        if (model.selected === undefined) {
            root.replaceChildren(
                make("h2", { id: "detail-title", tabindex: "-1" }, "Choose a cell"),
                make("p", { class: "quiet" }, "Its ports and the rules that decide appear here."),
            );
            return;
        }
        const { from, to } = model.selected;
        const single = from.groups.length === 1 && to.groups.length === 1;
        const reverse = make("button", { type: "button" }, "Other direction");
        reverse.addEventListener("click", () => {
            model.select(to, from);
            root.querySelector<HTMLElement>("#detail-title")?.focus();
        });
        root.replaceChildren(
            make(
                "h2",
                { id: "detail-title", tabindex: "-1" },
                from.name,
                make("span", { class: "arrow" }, " → "),
                to.name,
            ),
            ...(single ? pair(from.groups[0] ?? 0, to.groups[0] ?? 0) : pairs(from, to)),
            ...members(from),
            ...(to.name === from.name ? [] : members(to)),
            ...(single ? command(from, to) : []),
            make("p", {}, reverse),
        );
    }

    model.onChange(show);
    show();
}
