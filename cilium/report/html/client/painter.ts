import type { Cell, Geometry, Item, Model } from "./types";

/**
 * Draws the part of the matrix that is seen. A fresh drawing costs the same for ten workloads and for a thousand.
 *
 * Runs in the browser: the page embeds the text of this function.
 */
export function createPainter(
    grid: HTMLElement,
    canvas: HTMLCanvasElement,
    model: Model,
): { geometry(): Geometry; draw(at: Cell, hover: Cell | undefined): void } {
    function geometry(): Geometry {
        const narrow = grid.clientWidth < 560;
        const few = model.columns().length <= 14 && model.rows().length <= 14;
        return { cell: few && !narrow ? 30 : 22, left: narrow ? 132 : 236, top: narrow ? 112 : 168 };
    }

    function draw(at: Cell, hover: Cell | undefined): void {
        const ratio = window.devicePixelRatio;
        const [width, height] = [grid.clientWidth, grid.clientHeight];
        if (canvas.width !== width * ratio || canvas.height !== height * ratio) {
            canvas.width = width * ratio;
            canvas.height = height * ratio;
            canvas.style.width = `${width}px`;
            canvas.style.height = `${height}px`;
        }
        const found = canvas.getContext("2d");
        if (found === null) return;
        const context = found;
        const style = getComputedStyle(grid);
        const colour = (name: string): string => style.getPropertyValue(`--${name}`);
        const { cell, left, top } = geometry();
        const [rows, columns] = [model.rows(), model.columns()];
        const first = { row: Math.floor(grid.scrollTop / cell), column: Math.floor(grid.scrollLeft / cell) };
        const last = {
            row: Math.min(rows.length, first.row + Math.ceil((height - top) / cell) + 1),
            column: Math.min(columns.length, first.column + Math.ceil((width - left) / cell) + 1),
        };
        const x = (column: number): number => left + column * cell - grid.scrollLeft;
        const y = (row: number): number => top + row * cell - grid.scrollTop;
        const focus = hover ?? at;
        context.setTransform(ratio, 0, 0, ratio, 0, 0);
        context.clearRect(0, 0, width, height);
        context.textBaseline = "middle";

        clipped(left, top, width - left, height - top, () => {
            for (let row = first.row; row < last.row; row++) {
                for (let column = first.column; column < last.column; column++) drawCell(row, column);
            }
            sectionLines();
            outline(hover, "line-strong", 1);
            outline(at, "focus", 2);
        });
        context.font = `12px ${style.fontFamily}`;
        context.textAlign = "left";
        clipped(0, top, left, height - top, () => {
            for (let row = first.row; row < last.row; row++) {
                const strong = row === focus.row;
                context.fillStyle = colour(strong ? "panel-strong" : "panel");
                context.fillRect(0, y(row), left, cell);
                drawName(rows[row], strong, 10, y(row) + cell / 2, left - 20);
            }
        });
        clipped(left, 0, width - left, top, () => {
            for (let column = first.column; column < last.column; column++) {
                const strong = column === focus.column;
                context.fillStyle = colour(strong ? "panel-strong" : "panel");
                context.fillRect(x(column), 0, cell, top);
                context.save();
                context.translate(x(column) + cell / 2, top - 8);
                context.rotate(-Math.PI / 2);
                drawName(columns[column], strong, 0, 0, top - 16);
                context.restore();
            }
        });
        drawCorner();

        function clipped(x: number, y: number, width: number, height: number, paint: () => void): void {
            context.save();
            context.beginPath();
            context.rect(x, y, width, height);
            context.clip();
            paint();
            context.restore();
        }

        /** Shape and colour both say it, so that either is enough. */
        function drawCell(row: number, column: number): void {
            const [from, to] = [rows[row], columns[column]];
            if (from === undefined || to === undefined) return;
            const [startX, startY] = [x(column), y(row)];
            const { openness } = model.summary(from, to);
            context.strokeStyle = colour("line");
            context.lineWidth = 1;
            context.strokeRect(startX + 0.5, startY + 0.5, cell, cell);
            if (openness === "outside") {
                context.fillStyle = colour("panel-strong");
                context.fillRect(startX + 1, startY + 1, cell - 1, cell - 1);
            }
            if (openness === "none" || openness === "outside") return;
            const [middleX, middleY] = [startX + cell / 2 + 0.5, startY + cell / 2 + 0.5];
            const inset = Math.round(cell / 5);
            context.fillStyle = colour(`open-${openness}`);
            context.strokeStyle = colour(`open-${openness}`);
            if (openness === "all") {
                context.fillRect(startX + inset, startY + inset, cell - 2 * inset + 1, cell - 2 * inset + 1);
            } else if (openness === "depends") {
                context.textAlign = "center";
                context.font = `bold ${Math.round(cell * 0.64)}px ${style.fontFamily}`;
                context.fillText("?", middleX, middleY + 1);
            } else {
                context.beginPath();
                context.arc(middleX, middleY, cell / 4, 0, Math.PI * 2);
                context.lineWidth = cell / 9;
                if (openness === "some") context.fill();
                else context.stroke();
            }
        }

        function sectionLines(): void {
            context.strokeStyle = colour("line-strong");
            context.lineWidth = 1;
            context.beginPath();
            for (let row = Math.max(1, first.row); row < last.row; row++) {
                if (rows[row]?.section === rows[row - 1]?.section) continue;
                context.moveTo(left, y(row) + 0.5);
                context.lineTo(x(columns.length), y(row) + 0.5);
            }
            for (let column = Math.max(1, first.column); column < last.column; column++) {
                if (columns[column]?.section === columns[column - 1]?.section) continue;
                context.moveTo(x(column) + 0.5, top);
                context.lineTo(x(column) + 0.5, y(rows.length));
            }
            context.globalAlpha = 0.45;
            context.stroke();
            context.globalAlpha = 1;
        }

        function outline(at: Cell | undefined, name: string, thick: number): void {
            if (at === undefined || rows.length === 0 || columns.length === 0) return;
            context.strokeStyle = colour(name);
            context.lineWidth = thick;
            context.strokeRect(x(at.column) + 1.5, y(at.row) + 1.5, cell - 2, cell - 2);
        }

        function drawName(
            item: Item | undefined,
            strong: boolean,
            left: number,
            middle: number,
            room: number,
        ): void {
            if (item === undefined) return;
            const marker = item.kind === "section" ? "▸ " : "";
            const count = item.kind === "section" ? ` ×${item.members}` : "";
            context.fillStyle = colour(strong ? "text" : "text-quiet");
            const fits = (name: string): boolean =>
                context.measureText(`${marker}${name}${count}`).width <= room;
            let shown = item.name;
            // The end of a name tells more than its namespace, which is cut first.
            for (let cut = 1; !fits(shown) && cut < item.name.length - 3; cut++)
                shown = `…${item.name.slice(cut)}`;
            context.fillText(`${marker}${shown}${count}`, left, middle);
        }

        function drawCorner(): void {
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
            context.lineTo(Math.min(width, x(columns.length)), top - 0.5);
            context.moveTo(left - 0.5, 0);
            context.lineTo(left - 0.5, Math.min(height, y(rows.length)));
            context.stroke();
        }
    }

    return { geometry, draw };
}
