/** The page's style sheet: light and dark by the reader's setting or the button, one column where it is narrow. */
export const STYLE = `
:root {
    color-scheme: light dark;
    --paper: #ffffff; --panel: #f6f7f9; --panel-strong: #e6eaf0; --line: #e3e6eb; --line-strong: #9aa4b2;
    --text: #16202e; --text-quiet: #56606e; --accent: #1b5fc1; --focus: #1b5fc1;
    --open-all: #b3261e; --open-some: #1f7a3d; --open-proxy: #1b5fc1; --open-depends: #9a6200; --open-none: #56606e;
}
@media (prefers-color-scheme: dark) { :root:not([data-theme="light"]) {
    --paper: #12161c; --panel: #1a2029; --panel-strong: #2a3340; --line: #262e39; --line-strong: #66717f;
    --text: #e8ecf1; --text-quiet: #a5afbc; --accent: #7fb2ff; --focus: #7fb2ff;
    --open-all: #ff8a80; --open-some: #6fd08c; --open-proxy: #7fb2ff; --open-depends: #f0b85a; --open-none: #a5afbc;
} }
:root[data-theme="dark"] {
    color-scheme: dark;
    --paper: #12161c; --panel: #1a2029; --panel-strong: #2a3340; --line: #262e39; --line-strong: #66717f;
    --text: #e8ecf1; --text-quiet: #a5afbc; --accent: #7fb2ff; --focus: #7fb2ff;
    --open-all: #ff8a80; --open-some: #6fd08c; --open-proxy: #7fb2ff; --open-depends: #f0b85a; --open-none: #a5afbc;
}
:root[data-theme="light"] { color-scheme: light; }
* { box-sizing: border-box; }
html { height: 100%; }
body {
    margin: 0; height: 100%; display: grid; grid-template: auto auto 1fr / minmax(0, 1fr) 400px;
    grid-template-areas: "head head" "bar bar" "main detail";
    background: var(--paper); color: var(--text); font: 14px/1.45 system-ui, -apple-system, "Segoe UI", sans-serif;
}
header { grid-area: head; padding: 14px 20px 6px; display: flex; gap: 12px; align-items: start; justify-content: space-between; }
h1 { font-size: 18px; line-height: 1.3; margin: 0; font-weight: 650; }
h2 { font-size: 15px; margin: 0 0 10px; overflow-wrap: anywhere; }
h3 { font-size: 13px; margin: 16px 0 4px; overflow-wrap: anywhere; }
p { margin: 4px 0; }
.quiet, .title { color: var(--text-quiet); }
.bar { grid-area: bar; display: flex; flex-wrap: wrap; gap: 8px 14px; align-items: end; padding: 6px 20px 12px; border-bottom: 1px solid var(--line); }
.field { display: flex; flex-direction: column; font-size: 12px; color: var(--text-quiet); gap: 2px; }
.check { display: flex; gap: 6px; align-items: center; padding: 6px 0; }
input[type="text"] { width: 180px; font: inherit; font-size: 14px; padding: 5px 8px; color: var(--text); background: var(--paper); border: 1px solid var(--line-strong); border-radius: 6px; }
#filter-port { width: 124px; }
input[aria-invalid="true"] { border-color: var(--open-all); }
button { font: inherit; padding: 5px 12px; color: var(--text); background: var(--panel); border: 1px solid var(--line-strong); border-radius: 6px; cursor: pointer; }
button:hover { background: var(--panel-strong); }
button.link { padding: 0; border: 0; background: none; color: var(--accent); text-align: left; overflow-wrap: anywhere; }
button.link:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
[role="tablist"] { display: flex; }
#theme { flex: none; padding: 5px 10px; }
[role="tab"] { border-radius: 0; border-right-width: 0; }
[role="tab"]:first-child { border-radius: 6px 0 0 6px; }
[role="tab"]:last-child { border-radius: 0 6px 6px 0; border-right-width: 1px; }
[role="tab"][aria-selected="true"] { background: var(--accent); color: var(--paper); border-color: var(--accent); }
#count { margin-left: auto; color: var(--text-quiet); font-size: 12px; padding-bottom: 6px; }
main { grid-area: main; min-height: 0; min-width: 0; display: flex; flex-direction: column; }
[role="tabpanel"] { flex: 1; min-height: 0; overflow: auto; }
[role="tabpanel"][hidden] { display: none !important; }
#matrix { overflow: hidden; display: flex; }
.grid { position: relative; flex: 1; overflow: auto; background: var(--paper); }
.grid:focus-visible { outline-offset: -2px; }
.grid canvas { position: sticky; top: 0; left: 0; display: block; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 7px 20px; border-top: 1px solid var(--line); font-size: 12px; color: var(--text-quiet); }
.dot { display: inline-block; width: 11px; height: 11px; margin-right: 6px; vertical-align: -1px; border-radius: 50%; border: 2.5px solid currentColor; }
.dot.all { border-radius: 0; background: var(--open-all); border-color: var(--open-all); }
.dot.some { background: var(--open-some); border-color: var(--open-some); }
.dot.proxy { border-color: var(--open-proxy); }
.dot.depends { border: 0; } .dot.depends::before { content: "?"; font: bold 14px/11px system-ui, sans-serif; color: var(--open-depends); }
.dot.none { border: 1px solid var(--line-strong); border-radius: 0; }
aside { grid-area: detail; overflow: auto; padding: 14px 18px; border-left: 1px solid var(--line); background: var(--panel); }
aside table { width: 100%; border-collapse: collapse; }
aside th, aside td { text-align: left; vertical-align: top; padding: 7px 8px 7px 0; border-top: 1px solid var(--line); }
aside th { font-weight: 600; width: 34%; overflow-wrap: anywhere; }
aside thead th { border-top: 0; font-size: 12px; color: var(--text-quiet); font-weight: 400; }
.arrow { color: var(--text-quiet); font-weight: 400; }
.verdict { font-weight: 650; } .verdict.allow { color: var(--open-some); } .verdict.redirect { color: var(--open-proxy); }
.verdict.depends { color: var(--open-depends); } .verdict.none { color: var(--text-quiet); }
.rules, .pairs { list-style: none; margin: 4px 0 0; padding: 0; }
.rules li { margin: 0 0 6px; } .rules code { display: block; } .rules span { color: var(--text-quiet); font-size: 12.5px; overflow-wrap: anywhere; }
.pairs li { margin: 0 0 4px; }
code { font: 12.5px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
.members { overflow-wrap: anywhere; font-size: 12.5px; }
.toolbar { display: flex; gap: 12px; align-items: center; padding: 10px 20px 0; color: var(--text-quiet); min-height: 42px; }
.drawing { overflow: auto; padding: 8px 12px; }
.drawing svg { display: block; }
.node rect { fill: var(--panel); stroke: var(--line-strong); } .node { cursor: pointer; outline: none; }
.node text { fill: var(--text); font: 12.5px system-ui, sans-serif; }
.node text.wide { fill: var(--open-all); font-weight: 700; }
.node.outside rect { stroke-dasharray: 4 3; } .node.centre rect { stroke: var(--accent); stroke-width: 2; }
.node:focus-visible rect, .node:hover rect { stroke: var(--focus); stroke-width: 2.5; }
.edge { fill: none; stroke-width: 1.5; } .edge-target { fill: none; stroke: transparent; stroke-width: 14; cursor: pointer; }
.edge.all { stroke: var(--open-all); stroke-width: 2.5; } .edge.some { stroke: var(--open-some); } .edge.proxy { stroke: var(--open-proxy); }
.edge.depends { stroke: var(--open-depends); stroke-dasharray: 5 4; }
.head.all { fill: var(--open-all); } .head.some { fill: var(--open-some); } .head.proxy { fill: var(--open-proxy); } .head.depends { fill: var(--open-depends); }
.connections { border-collapse: collapse; margin: 12px 20px; }
.connections caption { text-align: left; color: var(--text-quiet); padding: 0 0 8px; }
.connections th, .connections td { text-align: left; padding: 5px 22px 5px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
#list > p { margin: 0 20px 20px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 8px; top: -60px; z-index: 2; padding: 8px 14px; background: var(--accent); color: var(--paper); border-radius: 0 0 6px 6px; }
.skip:focus { top: 0; }
.notes { padding: 0 20px 10px; font-size: 12.5px; color: var(--open-depends); max-height: 110px; overflow: auto; }
@media (max-width: 800px) {
    body { height: auto; min-height: 100%; display: block; }
    header { padding: 12px 14px 4px; } h1 { font-size: 16px; }
    .bar { padding: 6px 14px 10px; } .field { flex: 1 1 40%; } input[type="text"], #filter-port { width: 100%; }
    [role="tablist"] { flex: 1 1 100%; } [role="tab"] { flex: 1; }
    #matrix { height: 68vh; } #graph, #list { max-height: 68vh; }
    .connections { margin: 10px 14px; } .connections th, .connections td { padding-right: 10px; }
    .legend { padding: 7px 14px; } aside { border-left: 0; border-top: 1px solid var(--line); padding: 14px; }
    .notes { padding: 0 14px 10px; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print { aside, .bar { display: none; } }
`;
