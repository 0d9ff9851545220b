import type { PageData } from "../data";
import type { createDetail } from "./detail";
import type { createGraph } from "./graph";
import type { createList } from "./list";
import type { createMatrix } from "./matrix";
import type { createModel } from "./model";
import type { createPainter } from "./painter";
import type { Filter, MakeElement } from "./types";

/** The other functions of the page, handed over by name because each is embedded as text of its own. */
export interface Parts {
    readonly createModel: typeof createModel;
    readonly createPainter: typeof createPainter;
    readonly createMatrix: typeof createMatrix;
    readonly createDetail: typeof createDetail;
    readonly createGraph: typeof createGraph;
    readonly createList: typeof createList;
}

/** Brings the page to life: state, views, tabs, filter, theme. Runs in the browser. */
export function start({
    createModel,
    createPainter,
    createMatrix,
    createDetail,
    createGraph,
    createList,
}: Parts): void {
    const byId = (id: string): HTMLElement => {
        const element = document.getElementById(id);
        if (element === null) throw new Error(`the page has no #${id}`);
        return element;
    };
    const make: MakeElement = (tag, attributes = {}, ...children) => {
        const element = document.createElement(tag);
        for (const [name, value] of Object.entries(attributes)) {
            if (value !== undefined) element.setAttribute(name, value);
        }
        element.append(...children);
        return element;
    };
    const data = JSON.parse(byId("data").textContent) as PageData;
    const model = createModel(data);
    const matrix = createMatrix(byId("matrix"), model, make, createPainter);
    const graph = createGraph(byId("graph"), model, make);
    const list = createList(byId("list"), model, make);
    createDetail(byId("detail"), model, make);

    const views = ["matrix", "graph", "list"] as const;
    let current: (typeof views)[number] = "matrix";
    function show(view: (typeof views)[number]): void {
        current = view;
        for (const each of views) {
            byId(each).hidden = each !== view;
            byId(`tab-${each}`).setAttribute("aria-selected", String(each === view));
            byId(`tab-${each}`).tabIndex = each === view ? 0 : -1;
        }
        refresh();
    }
    function refresh(): void {
        if (current === "matrix") matrix.redraw();
        if (current === "graph") graph.draw();
        if (current === "list") list.draw();
        const [rows, columns] = [model.rows().length, model.columns().length];
        byId("count").textContent =
            rows === 0 || columns === 0 ? "nothing matches" : `${rows} × ${columns} shown`;
    }
    views.forEach((view, index) => {
        const tab = byId(`tab-${view}`);
        tab.addEventListener("click", () => show(view));
        tab.addEventListener("keydown", (event) => {
            const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? views.length - 1 : 0;
            const next = views[(index + step) % views.length];
            if (step === 0 || next === undefined) return;
            event.preventDefault();
            show(next);
            byId(`tab-${next}`).focus();
        });
    });

    for (const field of ["from", "to", "port"] as const) {
        const input = byId(`filter-${field}`) as HTMLInputElement;
        input.addEventListener("input", () => {
            const change: Partial<Filter> = { [field]: input.value };
            const wrong =
                field === "port" && input.value !== "" && !/^\s*\d+\s*(\/\s*\w*\s*)?$/.test(input.value);
            input.setAttribute("aria-invalid", String(wrong));
            if (!wrong) model.setFilter(change);
        });
    }
    const system = byId("filter-system") as HTMLInputElement;
    system.checked = model.filter.system;
    system.addEventListener("change", () => model.setFilter({ system: system.checked }));
    byId("theme").addEventListener("click", () => {
        const dark = matchMedia("(prefers-color-scheme: dark)").matches;
        const now = document.documentElement.dataset["theme"] ?? (dark ? "dark" : "light");
        document.documentElement.dataset["theme"] = now === "dark" ? "light" : "dark";
        refresh();
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", refresh);
    model.onChange((change) => {
        if (change === "filter") return refresh();
        const narrow = matchMedia("(max-width: 800px)").matches;
        if (narrow) byId("detail").scrollIntoView({ block: "start" });
        const { from, to } = model.selected ?? {};
        byId("status").textContent =
            from === undefined || to === undefined
                ? ""
                : `${from.name} to ${to.name}: ${model.summary(from, to).text}`;
    });
    show("matrix");
}
