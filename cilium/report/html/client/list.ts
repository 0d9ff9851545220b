import type { Item, MakeElement, Model } from "./types";

/**
 * Every open connection as a table: the text alternative of matrix and graph, a screenful of rows at a time.
 *
 * Runs in the browser: the page embeds the text of this function.
 */
export function createList(root: HTMLElement, model: Model, make: MakeElement): { draw(): void } {
    // Rows that are shown at first, and added by the button.
    const page = 200;
    let shown = page;

    /** Stops as soon as it has what is shown: a large cluster has more pairs than anybody lists. */
    function* open(): Generator<readonly [Item, Item]> {
        for (const from of model.rows()) {
            for (const to of model.columns()) {
                const { openness } = model.summary(from, to);
                if (openness !== "none" && openness !== "outside") yield [from, to];
            }
        }
    }

    function draw(): void {
        const rows: HTMLElement[] = [];
        let more = false;
        for (const [from, to] of open()) {
            if (rows.length === shown) {
                more = true;
                break;
            }
            const button = make("button", { type: "button", class: "link" }, from.name);
            button.setAttribute("aria-label", `${from.name} to ${to.name}: show the rules`);
            button.addEventListener("click", () => model.select(from, to));
            const { text, openness } = model.summary(from, to);
            rows.push(
                make(
                    "tr",
                    {},
                    make("td", {}, button),
                    make("td", {}, to.name),
                    make("td", {}, make("span", { class: `dot ${openness}`, "aria-hidden": "true" }), text),
                ),
            );
        }
        const head = ["From", "To", "May use"].map((title) => make("th", { scope: "col" }, title));
        const caption = make(
            "caption",
            {},
            rows.length === 0 ? "Nothing that matches the filter is open." : "What is not listed is denied.",
        );
        const button = make("button", { type: "button" }, `Show ${page} more`);
        button.addEventListener("click", () => {
            shown += page;
            draw();
        });
        root.replaceChildren(
            make(
                "table",
                { class: "connections" },
                caption,
                make("thead", {}, make("tr", {}, ...head)),
                make("tbody", {}, ...rows),
            ),
            ...(more ? [make("p", {}, button)] : []),
        );
    }

    model.onChange((change) => {
        if (change === "filter") shown = page;
    });
    return { draw };
}
