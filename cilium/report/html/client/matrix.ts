import type { createPainter } from "./painter";
import type { Cell, Item, MakeElement, Model } from "./types";

/**
 * The matrix on a canvas that is only as large as what is seen of it, so that a thousand workloads scroll as ten do.
 * For a screen reader it is an ARIA grid whose one real cell is the active one.
 *
 * Runs in the browser: the page embeds the text of this function.
 * @param root element the grid is put into
 */
export function createMatrix(
    root: HTMLElement,
    model: Model,
    make: MakeElement,
    newPainter: typeof createPainter,
): { focus(): void; redraw(): void } {
    const canvas = make("canvas", { "aria-hidden": "true" });
    const active = make("div", { role: "gridcell", id: "active-cell" });
    const rowName = make("div", { role: "rowheader", id: "active-row-name" });
    const activeRow = make("div", { role: "row", class: "unseen" }, rowName, active);
    const space = make("div", { class: "space", role: "presentation" }, canvas, activeRow);
    const grid = make(
        "div",
        {
            class: "grid",
            role: "grid",
            tabindex: "0",
            "aria-label": "Who may reach whom: rows are sources, columns are destinations",
            "aria-describedby": "grid-help",
            "aria-activedescendant": "active-cell",
        },
        space,
    );
    root.append(grid);
    const painter = newPainter(grid, canvas, model);
    let at: Cell = { row: 0, column: 0 };
    let hover: Cell | undefined;
    let scheduled = false;

    function redraw(): void {
        if (scheduled) return;
        scheduled = true;
        requestAnimationFrame(() => {
            scheduled = false;
            painter.draw(at, hover);
        });
    }

    function layout(): void {
        const { cell, left, top } = painter.geometry();
        space.style.width = `${left + model.columns().length * cell + 12}px`;
        space.style.height = `${top + model.rows().length * cell + 12}px`;
        at = {
            row: Math.min(at.row, Math.max(0, model.rows().length - 1)),
            column: Math.min(at.column, Math.max(0, model.columns().length - 1)),
        };
        grid.setAttribute("aria-rowcount", String(model.rows().length));
        grid.setAttribute("aria-colcount", String(model.columns().length));
        announce();
        redraw();
    }

    function announce(): void {
        const [from, to] = [model.rows()[at.row], model.columns()[at.column]];
        if (from === undefined || to === undefined) {
            active.textContent = "nothing matches the filter";
            return;
        }
        activeRow.setAttribute("aria-rowindex", String(at.row + 1));
        active.setAttribute("aria-colindex", String(at.column + 1));
        rowName.textContent = `from ${from.name}`;
        active.textContent = `${from.name} to ${to.name}: ${model.summary(from, to).text}`;
    }

    function move(row: number, column: number): void {
        at = {
            row: Math.max(0, Math.min(model.rows().length - 1, row)),
            column: Math.max(0, Math.min(model.columns().length - 1, column)),
        };
        hover = undefined;
        const { cell, left, top } = painter.geometry();
        const reveal = (position: number, start: number, room: number): number => {
            if (position < start) return position;
            return position + cell > start + room ? position + cell - room : start;
        };
        grid.scrollTop = reveal(at.row * cell, grid.scrollTop, grid.clientHeight - top);
        grid.scrollLeft = reveal(at.column * cell, grid.scrollLeft, grid.clientWidth - left);
        announce();
        redraw();
    }

    function choose(): void {
        const [from, to] = [model.rows()[at.row], model.columns()[at.column]];
        if (from !== undefined && to !== undefined) model.select(from, to);
    }

    function under(event: MouseEvent): Cell {
        const box = grid.getBoundingClientRect();
        const { cell, left, top } = painter.geometry();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        return {
            row: y < top ? -1 : Math.floor((y - top + grid.scrollTop) / cell),
            column: x < left ? -1 : Math.floor((x - left + grid.scrollLeft) / cell),
        };
    }

    grid.addEventListener("keydown", (event) => {
        const { cell, top } = painter.geometry();
        const page = Math.max(1, Math.floor((grid.clientHeight - top) / cell) - 1);
        const target: Readonly<Record<string, [number, number]>> = {
            ArrowUp: [at.row - 1, at.column],
            ArrowDown: [at.row + 1, at.column],
            ArrowLeft: [at.row, at.column - 1],
            ArrowRight: [at.row, at.column + 1],
            PageUp: [at.row - page, at.column],
            PageDown: [at.row + page, at.column],
            Home: [event.ctrlKey ? 0 : at.row, 0],
            End: [event.ctrlKey ? Infinity : at.row, Infinity],
        };
        const next = target[event.key];
        if (next !== undefined) move(...next);
        else if (event.key === "Enter" || event.key === " ") choose();
        else if (event.key === "+" || event.key === "-") fold(model.rows()[at.row]);
        else return;
        event.preventDefault();
    });

    function fold(item: Item | undefined): void {
        if (item !== undefined && model.isFoldable(item.section)) model.toggle(item.section);
    }

    grid.addEventListener("click", (event) => {
        const { row, column } = under(event);
        if (row === -1 || column === -1) fold(row === -1 ? model.columns()[column] : model.rows()[row]);
        else if (row < model.rows().length && column < model.columns().length) {
            move(row, column);
            choose();
        }
    });
    grid.addEventListener("mousemove", (event) => {
        const { row, column } = under(event);
        const inside =
            row >= 0 && column >= 0 && row < model.rows().length && column < model.columns().length;
        hover = inside ? { row, column } : undefined;
        const [from, to] = [model.rows()[row], model.columns()[column]];
        const name = (from ?? to)?.name ?? "";
        grid.title =
            inside && from !== undefined && to !== undefined
                ? `${from.name} → ${to.name}: ${model.summary(from, to).text}`
                : name;
        redraw();
    });
    grid.addEventListener("mouseleave", () => {
        hover = undefined;
        redraw();
    });
    grid.addEventListener("scroll", redraw, { passive: true });
    new ResizeObserver(layout).observe(grid);
    model.onChange((change) => {
        if (change === "filter") layout();
    });
    layout();
    return { focus: () => grid.focus(), redraw };
}
