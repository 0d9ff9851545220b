import type { Item, MakeElement, Model } from "./types";

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
): { focus(): void; redraw(): void } {
    const CELL = 22;
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
    let at = { row: 0, column: 0 };
    let hover: { row: number; column: number } | undefined;
    let scheduled = false;

    const size = () => ({
        left: grid.clientWidth < 560 ? 132 : 236,
        top: grid.clientWidth < 560 ? 104 : 168,
    });

    function redraw(): void {
        if (scheduled) return;
        scheduled = true;
        requestAnimationFrame(() => {
            scheduled = false;
            draw();
        });
    }

    function layout(): void {
        const { left, top } = size();
        space.style.width = `${left + model.columns().length * CELL + 12}px`;
        space.style.height = `${top + model.rows().length * CELL + 12}px`;
        at = {
            row: Math.min(at.row, Math.max(0, model.rows().length - 1)),
            column: Math.min(at.column, Math.max(0, model.columns().length - 1)),
        };
        grid.setAttribute("aria-rowcount", String(model.rows().length));
        grid.setAttribute("aria-colcount", String(model.columns().length));
        announce();
        redraw();
    }

    function draw(): void {
        const ratio = window.devicePixelRatio;
        const [width, height] = [grid.clientWidth, grid.clientHeight];
        if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
            canvas.width = width * ratio;
            canvas.height = height * ratio;
            canvas.style.width = `${width}px`;
            canvas.style.height = `${height}px`;
        }
        const context = canvas.getContext("2d");
        if (context === null) return;
        const style = getComputedStyle(grid);
        const colour = (name: string): string => style.getPropertyValue(`--${name}`);
        const { left, top } = size();
        const [rows, columns] = [model.rows(), model.columns()];
        const first = { row: Math.floor(grid.scrollTop / CELL), column: Math.floor(grid.scrollLeft / CELL) };
        const last = {
            row: Math.min(rows.length, first.row + Math.ceil((height - top) / CELL) + 1),
            column: Math.min(columns.length, first.column + Math.ceil((width - left) / CELL) + 1),
        };
        const x = (column: number): number => left + column * CELL - grid.scrollLeft;
        const y = (row: number): number => top + row * CELL - grid.scrollTop;
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        context.font = `12px ${style.fontFamily}`;
        context.textBaseline = "middle";

        const bottom = Math.min(height, y(rows.length));
        const right = Math.min(width, x(columns.length));
        context.save();
        context.beginPath();
        context.rect(left, top, width - left, height - top);
        context.clip();
        for (let row = first.row; row < last.row; row++) {
            for (let column = first.column; column < last.column; column++) {
                const [from, to] = [rows[row], columns[column]];
                if (from !== undefined && to !== undefined)
                    drawCell(context, colour, from, to, x(column), y(row));
            }
        }
        outline(hover, "line-strong", 1);
        outline(at, "focus", 2);
        context.restore();

        const focus = hover ?? at;
        for (let row = first.row; row < last.row; row++) drawRowName(row);
        for (let column = first.column; column < last.column; column++) drawColumnName(column);
        context.fillStyle = colour("panel");
        context.fillRect(0, 0, left, top);
        context.fillStyle = colour("text-quiet");
        context.textAlign = "right";
        context.fillText("to →", left - 10, top - 28);
        context.fillText("from ↓", left - 10, top - 11);
        context.strokeStyle = colour("line-strong");
        context.lineWidth = 1;
        context.beginPath();
        context.moveTo(0, top - 0.5);
        context.lineTo(right, top - 0.5);
        context.moveTo(left - 0.5, 0);
        context.lineTo(left - 0.5, bottom);
        context.stroke();

        function outline(
            cell: { row: number; column: number } | undefined,
            name: string,
            thick: number,
        ): void {
            if (cell === undefined || context === null || rows.length === 0 || columns.length === 0) return;
            context.strokeStyle = colour(name);
            context.lineWidth = thick;
            context.strokeRect(x(cell.column) + 1, y(cell.row) + 1, CELL - 2, CELL - 2);
        }

        function drawRowName(row: number): void {
            const item = rows[row];
            if (item === undefined || context === null) return;
            context.save();
            context.beginPath();
            context.rect(0, top, left - 4, height - top);
            context.clip();
            context.fillStyle = row === focus.row ? colour("panel-strong") : colour("panel");
            context.fillRect(0, y(row), left, CELL);
            nameText(item, row === focus.row, 10, y(row) + CELL / 2, left - 20);
            context.restore();
        }

        function drawColumnName(column: number): void {
            const item = columns[column];
            if (item === undefined || context === null) return;
            context.save();
            context.beginPath();
            context.rect(left, 0, width - left, top - 2);
            context.clip();
            context.fillStyle = column === focus.column ? colour("panel-strong") : colour("panel");
            context.fillRect(x(column), 0, CELL, top);
            context.translate(x(column) + CELL / 2, top - 8);
            context.rotate(-Math.PI / 2);
            nameText(item, column === focus.column, 0, 0, top - 16);
            context.restore();
        }

        function nameText(item: Item, strong: boolean, left: number, middle: number, room: number): void {
            if (context === null) return;
            const marker = item.kind === "section" ? "▸ " : "";
            const count = item.members > 1 ? ` ×${item.members}` : "";
            context.textAlign = "left";
            context.fillStyle = strong ? colour("text") : colour("text-quiet");
            let name = item.name;
            // The end of a name tells more than its namespace, which is cut first.
            while (name.length > 3 && context.measureText(`${marker}…${name}${count}`).width > room)
                name = name.slice(1);
            const shown = name === item.name ? name : `…${name.slice(1)}`;
            context.fillText(`${marker}${shown}${count}`, left, middle);
        }
    }

    /** Shape and colour both say it, so that either is enough. */
    function drawCell(
        context: CanvasRenderingContext2D,
        colour: (name: string) => string,
        from: Item,
        to: Item,
        x: number,
        y: number,
    ): void {
        const { openness } = model.summary(from, to);
        context.strokeStyle = colour("line");
        context.lineWidth = 1;
        context.strokeRect(x + 0.5, y + 0.5, CELL, CELL);
        if (openness === "none") return;
        const middle = { x: x + CELL / 2 + 0.5, y: y + CELL / 2 + 0.5 };
        context.fillStyle = colour(`open-${openness}`);
        context.strokeStyle = colour(`open-${openness}`);
        if (openness === "all") {
            context.fillRect(x + 3, y + 3, CELL - 5, CELL - 5);
        } else if (openness === "depends") {
            context.textAlign = "center";
            context.font = `bold 14px ${getComputedStyle(grid).fontFamily}`;
            context.fillText("?", middle.x, middle.y + 1);
        } else {
            context.beginPath();
            context.arc(middle.x, middle.y, 5.5, 0, Math.PI * 2);
            context.lineWidth = 2.5;
            if (openness === "some") context.fill();
            else context.stroke();
        }
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
        const { left, top } = size();
        const reveal = (position: number, start: number, room: number): number => {
            if (position < start) return position;
            return position + CELL > start + room ? position + CELL - room : start;
        };
        grid.scrollTop = reveal(at.row * CELL, grid.scrollTop, grid.clientHeight - top);
        grid.scrollLeft = reveal(at.column * CELL, grid.scrollLeft, grid.clientWidth - left);
        announce();
        redraw();
    }

    function choose(): void {
        const [from, to] = [model.rows()[at.row], model.columns()[at.column]];
        if (from !== undefined && to !== undefined) model.select(from, to);
    }

    function under(event: MouseEvent): { row: number; column: number } {
        const box = grid.getBoundingClientRect();
        const { left, top } = size();
        const [x, y] = [event.clientX - box.left, event.clientY - box.top];
        return {
            row: y < top ? -1 : Math.floor((y - top + grid.scrollTop) / CELL),
            column: x < left ? -1 : Math.floor((x - left + grid.scrollLeft) / CELL),
        };
    }

    grid.addEventListener("keydown", (event) => {
        const page = Math.max(1, Math.floor((grid.clientHeight - size().top) / CELL) - 1);
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
