import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { isReachable } from "./engine/find";
import type { Places } from "./places";
import { say, UsageError } from "./say";

/** Which provider plug-ins run: `AKS_CILIUM_PROVIDERS`. */
export type Providers = "auto" | "standin" | "released";

/** How a plug-in came to be there. */
export interface Plugin {
    readonly name: "azure-native" | "kubernetes" | "random";
    readonly version: string;
    readonly released: boolean;
}

/** Reads the switch. `released` wants the released ones of all three, azure-native against the stand-in of Azure too. */
export function providersOf(env: NodeJS.ProcessEnv): Providers {
    const value = env["AKS_CILIUM_PROVIDERS"] ?? "auto";
    if (value === "auto" || value === "standin" || value === "released") return value;
    throw new UsageError(
        `AKS_CILIUM_PROVIDERS is ${JSON.stringify(value)}; it may be auto, standin or released.`,
    );
}

const NAMES = ["azure-native", "kubernetes", "random"] as const;
const folderOf = (home: string, { name, version }: Omit<Plugin, "released">) =>
    path.join(home, "plugins", `resource-${name}-v${version}`);
const binaryOf = (name: string) => `pulumi-resource-${name}`;

/**
 * Puts the three provider plug-ins where the engine looks for released ones, so that Pulumi.yaml stays untouched.
 * `auto`: kubernetes and random as released where their ordinary download answers, else stand-ins; azure-native is a
 * stand-in.
 */
export async function installPlugins(
    root: string,
    places: Places,
    pulumi: string,
    programs: Readonly<Record<string, string>>,
    providers: Providers,
): Promise<Plugin[]> {
    const plugins: Plugin[] = [];
    for (const name of NAMES) {
        const manifest = path.join(root, "node_modules", "@pulumi", name, "package.json");
        const { version } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { version: string };
        const wanted = providers === "released" || (providers === "auto" && name !== "azure-native");
        const released = wanted && (await download(places, pulumi, { name, version }, providers));
        if (released)
            link(folderOf(path.join(places.bin, "providers"), { name, version }), places, { name, version });
        else standIn(places, { name, version }, programs[name]);
        plugins.push({ name, version, released });
    }
    return plugins;
}

/** Downloads a released plug-in once; that it cannot be had is remembered beside it. */
async function download(
    places: Places,
    pulumi: string,
    plugin: Omit<Plugin, "released">,
    providers: Providers,
): Promise<boolean> {
    const home = path.join(places.bin, "providers");
    const folder = folderOf(home, plugin);
    if (fs.existsSync(path.join(folder, binaryOf(plugin.name)))) return true;
    const unavailable = `${folder}.unavailable`;
    if (providers === "auto" && fs.existsSync(unavailable)) return false;
    const system = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
    const archive = `${binaryOf(plugin.name)}-v${plugin.version}-${system}.tar.gz`;
    if (await isReachable(`https://get.pulumi.com/releases/plugins/${archive}`)) {
        say(`Downloading the released ${plugin.name} provider ${plugin.version}…`);
        const args = ["plugin", "install", "resource", plugin.name, plugin.version];
        const env = { ...process.env, PULUMI_HOME: home, PULUMI_SKIP_UPDATE_CHECK: "true" };
        await promisify(execFile)(pulumi, args, { env }).catch((error: Error) => say(error.message));
        if (fs.existsSync(path.join(folder, binaryOf(plugin.name)))) return true;
    }
    if (providers === "released")
        throw new UsageError(
            `AKS_CILIUM_PROVIDERS=released, but the ${plugin.name} provider ${plugin.version} cannot be downloaded ` +
                `from get.pulumi.com. Use a machine that reaches it, or leave the variable out.`,
        );
    fs.mkdirSync(path.dirname(unavailable), { recursive: true });
    fs.writeFileSync(unavailable, "Its ordinary download did not answer; delete this file to try again.\n");
    return false;
}

/** The engine does not see a symlinked folder, but a real folder of symlinked files. */
function link(from: string, places: Places, plugin: Omit<Plugin, "released">): void {
    const to = folderOf(places.pulumiHome, plugin);
    fs.rmSync(to, { recursive: true, force: true });
    fs.mkdirSync(to, { recursive: true });
    for (const file of fs.readdirSync(from)) fs.symlinkSync(path.join(from, file), path.join(to, file));
}

function standIn(places: Places, plugin: Omit<Plugin, "released">, program: string | undefined): void {
    if (program === undefined) throw new Error(`there is no stand-in for the ${plugin.name} provider`);
    const to = folderOf(places.pulumiHome, plugin);
    const file = path.join(to, binaryOf(plugin.name));
    const script = `#!/bin/sh\nexec ${quote(process.execPath)} ${quote(program)} "$@"\n`;
    if (
        fs.existsSync(file) &&
        !fs.lstatSync(file).isSymbolicLink() &&
        fs.readFileSync(file, "utf8") === script
    )
        return;
    fs.rmSync(to, { recursive: true, force: true });
    fs.mkdirSync(to, { recursive: true });
    fs.writeFileSync(file, script, { mode: 0o755 });
}

/** One word for a POSIX shell. */
export const quote = (word: string): string =>
    /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
