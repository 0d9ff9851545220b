import type { Endpoint, Reachability } from "../../reachability/types";
import { reachMatrix, type ReachFilter } from "../reach-model";
import { createDetail } from "./client/detail";
import { createGraph } from "./client/graph";
import { createList } from "./client/list";
import { createMatrix } from "./client/matrix";
import { createModel } from "./client/model";
import { createPainter } from "./client/painter";
import { start } from "./client/start";
import { pageData, pageSplit } from "./data";
import { STYLE } from "./style";

/** Functions that run in the reader's browser. Each is embedded as its own text, so none may use another's name. */
const PARTS = { createModel, createPainter, createMatrix, createDetail, createGraph, createList };

/**
 * The reachability of a cluster as one file that needs neither a network nor a server: a matrix, a graph, a list, and
 * for every cell its ports and the rules that decide.
 * @param title what was analysed for which cluster; a heading
 */
export function* reachHtml(
    model: Reachability,
    endpoints: readonly Endpoint[],
    { title, filter }: { readonly title: string; readonly filter?: ReachFilter },
): Generator<string> {
    const matrix = reachMatrix(model, filter, pageSplit(endpoints));
    const data = pageData(matrix, model, endpoints, title);
    const notes = data.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join("");
    yield `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>Who may reach whom</title>
<style>${STYLE}</style>
</head>
<body>
<a class="skip" href="#matrix">Skip to the matrix</a>
<a class="skip" href="#detail">Skip to the chosen cell</a>
<header>
<div><h1>Who may reach whom</h1><p class="title">${escapeHtml(title)}</p></div>
<button type="button" id="theme" aria-label="Switch between light and dark" title="Light or dark">◐</button>
</header>
<div class="bar" role="search" aria-label="Filter and view">
<div role="tablist" aria-label="View">
${tab("matrix", "Matrix")}${tab("graph", "Graph")}${tab("list", "List")}
</div>
${field("from", "From", "name or namespace")}
${field("to", "To", "name or namespace")}
${field("port", "Port", "8080 or 53/udp")}
<label class="check"><input type="checkbox" id="filter-system"> AKS’s own workloads</label>
<span id="count" role="status"></span>
</div>
<main>
${panel("matrix")}${panel("graph")}${panel("list")}
<p class="unseen" id="grid-help">Arrow keys move, Enter shows the rules of a cell, plus and minus open and close a namespace.</p>
<div class="legend" aria-label="Legend">${LEGEND}</div>
${notes === "" ? "" : `<div class="notes" aria-label="Notes">${notes}</div>`}
</main>
<aside id="detail" aria-label="Chosen cell" tabindex="-1"></aside>
<p class="unseen" id="status" role="status"></p>
<noscript><p>This page needs scripts; aks-cilium reach --format text says the same in words.</p></noscript>
<script type="application/json" id="data">`;
    yield embeddable(JSON.stringify(data));
    yield `</script>
<script>
"use strict";
(${String(start)})({${Object.entries(PARTS)
        .map(([name, part]) => `${name}: ${String(part)}`)
        .join(",\n")}});
</script>
</body>
</html>
`;
}

const LEGEND = [
    ["all", "everything"],
    ["some", "some ports"],
    ["proxy", "through a proxy (HTTP or DNS filter)"],
    ["depends", "depends"],
    ["none", "denied"],
]
    .map(([kind = "", text = ""]) => `<span><span class="dot ${kind}"></span>${text}</span>`)
    .join("");

function tab(view: string, title: string): string {
    return `<button type="button" role="tab" id="tab-${view}" aria-controls="${view}">${title}</button>`;
}

function panel(view: string): string {
    return `<section id="${view}" role="tabpanel" aria-labelledby="tab-${view}" tabindex="-1" hidden></section>`;
}

function field(name: string, title: string, hint: string): string {
    return `<label class="field">${title}<input type="text" id="filter-${name}" placeholder="${hint}" spellcheck="false" autocomplete="off"></label>`;
}

function escapeHtml(text: string): string {
    return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
}

/** JSON inside a script element: a name with `</script>` in it must not end the element. */
function embeddable(json: string): string {
    return json
        .replace(/</g, "\\u003c")
        .replace(/\u2028/g, "\\u2028")
        .replace(/\u2029/g, "\\u2029");
}
