import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer, { type Browser, type Page } from "puppeteer-core";
import { buildReachability } from "../../cilium/reachability";
import type { Endpoint } from "../../cilium/reachability/types";
import { readManifests } from "../../cilium/manifest/read";
import { systemEndpoints } from "../../cilium/model/system";
import { readWorkloads } from "../../cilium/model/workloads";
import { reachHtml } from "../../cilium/report/html/page";
import { BASE, WORKLOADS } from "../cli/shop";

const CHROMIUM = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

function page(policies: string, endpoints: readonly Endpoint[]): string {
    const { documents } = readManifests(policies, { file: "policies/shop.yaml" });
    const cluster = { cilium: ["1.18"], advancedNetworking: "off" } as const;
    const model = buildReachability({ documents, endpoints, services: [], cluster, minor: "1.18" });
    return [...reachHtml(model, endpoints, { title: 'shop <b>"quoted"</b> </script>' })].join("");
}

/** Distinct labels and a policy each, so that nothing folds: the worst case for the matrix. */
function crowd(count: number): { endpoints: Endpoint[]; policies: string } {
    const endpoints = Array.from({ length: count }, (_, index): Endpoint => {
        const [namespace, name] = [`ns${index % 50}`, `app${index}`];
        const common = { namespaceLabels: {}, serviceAccount: "default", namedPorts: [], hostNetwork: false };
        return {
            id: `${namespace}/${name}`,
            name,
            namespace,
            kind: "Deployment",
            labels: { app: name },
            ...common,
        };
    });
    const policies = endpoints.map(({ name, namespace }, index) => {
        const peer = `{matchLabels: {app: app${(index + 50) % count}}}`;
        return `apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: ${name}, namespace: ${namespace}}
spec:
  endpointSelector: {matchLabels: {app: ${name}}}
  ingress: [{fromEndpoints: [${peer}], toPorts: [{ports: [{port: "80", protocol: TCP}]}]}]`;
    });
    return { endpoints, policies: policies.join("\n---\n") };
}

describe("the reachability page in chromium |", () => {
    jest.setTimeout(120_000);
    let browser: Browser;
    let folder: string;
    beforeAll(async () => {
        const executablePath = CHROMIUM.find((path) => existsSync(path));
        if (executablePath === undefined) throw new Error("no chromium: apt-get install chromium");
        browser = await puppeteer.launch({
            executablePath,
            args: ["--no-sandbox", "--disable-dev-shm-usage"],
        });
        folder = mkdtempSync(join(tmpdir(), "aks-cilium-page-"));
        const shop = readWorkloads(readManifests(WORKLOADS, { file: "w.yaml" }).documents).endpoints;
        writeFileSync(join(folder, "shop.html"), page(BASE, [...shop, ...systemEndpoints()]));
        const { endpoints, policies } = crowd(1000);
        writeFileSync(join(folder, "crowd.html"), page(policies, endpoints));
    });
    afterAll(async () => {
        await browser.close();
        rmSync(folder, { recursive: true, force: true });
    });

    const problems: string[] = [];
    const requests: string[] = [];
    async function open(name: string, { width = 1280, height = 800, scheme = "light" } = {}): Promise<Page> {
        const tab = await browser.newPage();
        problems.length = requests.length = 0;
        tab.on("pageerror", (error) => problems.push(String(error)));
        tab.on("console", (message) => {
            if (message.type() === "error") problems.push(message.text());
        });
        tab.on("request", (request) => requests.push(request.url()));
        await tab.setViewport({ width, height });
        await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await tab.goto(`file://${join(folder, name)}`);
        await settle(tab);
        return tab;
    }
    /** Two frames: one for what was asked for, one for what is drawn because of it. */
    const settle = (tab: Page): Promise<void> =>
        tab.evaluate(
            () =>
                new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))),
        );
    const text = (tab: Page, selector: string): Promise<string> =>
        tab.$eval(selector, (element) => (element as HTMLElement).innerText);
    const activeCell = (tab: Page): Promise<string> =>
        text(tab, "#active-cell").then((words) => words.trim());

    it("starts without an error and asks nobody for anything but itself", async () => {
        const tab = await open("shop.html");
        expect(problems).toEqual([]);
        expect(requests).toEqual([`file://${join(folder, "shop.html")}`]);
        expect(await text(tab, "header .title")).toBe('shop <b>"quoted"</b> </script>');
        await tab.close();
    });

    it("is a grid for a screen reader: named, counted, moved through by keys, Enter tells the rules", async () => {
        const tab = await open("shop.html");
        await tab.focus(".grid");
        const tree = await tab.accessibility.snapshot({ interestingOnly: false });
        expect(JSON.stringify(tree)).toContain('"role":"grid"');
        const grid = await tab.$eval(".grid", (element) => ({
            label: element.getAttribute("aria-label"),
            rows: Number(element.getAttribute("aria-rowcount")),
            active: element.getAttribute("aria-activedescendant"),
        }));
        expect(grid).toMatchObject({
            label: expect.stringContaining("rows are sources") as unknown,
            active: "active-cell",
        });
        expect(grid.rows).toBeGreaterThan(8);
        expect(await activeCell(tab)).toBe("ops/tools to ops/tools: everything");
        await tab.keyboard.press("ArrowDown");
        expect(await activeCell(tab)).toBe("shop/front to ops/tools: denied");
        await tab.keyboard.press("ArrowRight");
        await tab.keyboard.press("ArrowRight");
        expect(await activeCell(tab)).toBe("shop/front to shop/orders: TCP 8080 through a proxy");
        await tab.keyboard.press("Enter");
        const detail = await text(tab, "#detail");
        expect(detail).toContain("TCP 8080");
        expect(detail).toMatch(
            /policies\/shop\.yaml:\d+\s+CiliumNetworkPolicy shop\/orders, spec\.ingress\[0\]/,
        );
        expect(await text(tab, "#status")).toContain("shop/front to shop/orders");
        await tab.keyboard.press("End");
        await tab.keyboard.press("Home");
        expect(await activeCell(tab)).toBe("shop/front to ops/tools: denied");
        expect(problems).toEqual([]);
        await tab.close();
    });

    it("answers a click on a cell, denied ones with who switched default deny on", async () => {
        const tab = await open("shop.html");
        const box = await (await tab.$(".grid"))?.boundingBox();
        if (box === null || box === undefined) throw new Error("the grid has no place");
        // Row 1 (front), column 3 (queue): names take 236 and 168 pixels, a cell of a small matrix 30.
        await tab.mouse.click(box.x + 236 + 3.5 * 30, box.y + 168 + 1.5 * 30);
        const detail = await text(tab, "#detail");
        expect(detail).toMatch(/^shop\/front → shop\/queue\s+denied/);
        expect(detail).toContain("Leaving shop/front: default deny, because of");
        expect(detail).toContain("aks-cilium why shop/front shop/queue 80");
        await tab.close();
    });

    it("filters by name and port, and says when nothing is left", async () => {
        const tab = await open("shop.html");
        await tab.type("#filter-from", "front");
        expect(await text(tab, "#count")).toMatch(/^1 × \d+ shown$/);
        await tab.type("#filter-port", "9999");
        await tab.click("#tab-list");
        expect(await text(tab, "#list")).toContain("Nothing that matches the filter is open.");
        await tab.type("#filter-from", "xyz");
        expect(await text(tab, "#count")).toBe("nothing matches");
        await tab.close();
    });

    it("lists and draws the same connections; tabs move with the arrow keys", async () => {
        const tab = await open("shop.html");
        await tab.focus("#tab-matrix");
        await tab.keyboard.press("ArrowRight");
        await settle(tab);
        expect(await tab.$eval("#tab-graph", (element) => element.getAttribute("aria-selected"))).toBe(
            "true",
        );
        expect(await tab.$eval("#matrix", (element) => (element as HTMLElement).offsetHeight)).toBe(0);
        const edges = await tab.$$eval("#graph .edge-target title", (titles) =>
            titles.map(({ textContent }) => textContent),
        );
        expect(edges).toContain("shop/orders → shop/queue: TCP 5672");
        expect(edges).not.toContain("shop/front → shop/queue: TCP 5672");
        await tab.keyboard.press("ArrowRight");
        expect(await text(tab, "#list")).toMatch(/shop\/orders\s+shop\/queue\s+TCP 5672/);
        await tab.close();
    });

    it.each(["light", "dark"])("has readable text in %s", async (scheme) => {
        const tab = await open("shop.html", { scheme });
        const ratios = await tab.evaluate(() => {
            const style = getComputedStyle(document.documentElement);
            const luminance = (name: string): number => {
                const hex = style.getPropertyValue(name).trim().slice(1);
                const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => {
                    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
                    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
                });
                return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
            };
            const inks = [
                "--text",
                "--text-quiet",
                "--accent",
                "--open-all",
                "--open-some",
                "--open-proxy",
                "--open-depends",
            ];
            return ["--paper", "--panel"].flatMap((paper) =>
                inks.map((ink) => {
                    const [light = 0, dark = 0] = [luminance(ink), luminance(paper)].sort((a, b) => b - a);
                    return (light + 0.05) / (dark + 0.05);
                }),
            );
        });
        // WCAG 2.2, contrast (minimum), AA for text.
        expect(Math.min(...ratios)).toBeGreaterThanOrEqual(4.5);
        await tab.close();
    });

    it("fits a telephone: nothing runs off a width of 390 pixels", async () => {
        const tab = await open("shop.html", { width: 390, height: 844 });
        for (const view of ["matrix", "graph", "list"]) {
            await tab.click(`#tab-${view}`);
            await settle(tab);
            expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
        }
        await tab.close();
    });

    it("stays fluid with a thousand workloads that nothing folds", async () => {
        const tab = await open("crowd.html");
        await tab.type("#filter-from", "app");
        await tab.type("#filter-to", "app");
        expect(await text(tab, "#count")).toBe("1000 × 1000 shown");
        // What one frame costs in scripts, which is what a busy machine leaves comparable.
        const costs = await tab.evaluate(async () => {
            const grid = document.querySelector(".grid");
            const all: number[] = [];
            for (let step = 1; step <= 40 && grid !== null; step++) {
                grid.scrollTop = step * 500;
                grid.scrollLeft = step * 500;
                await new Promise<void>((done) => {
                    const before = performance.now();
                    requestAnimationFrame(() =>
                        requestAnimationFrame(() => (all.push(performance.now() - before), done())),
                    );
                });
            }
            return all.sort((a, b) => a - b);
        });
        expect(costs).toHaveLength(40);
        expect(costs[20]).toBeLessThan(120);
        expect(problems).toEqual([]);
        await tab.close();
    });
});
