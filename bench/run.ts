/** `npm run bench -- NAME [ARGS…]`: runs bench/NAME.ts, prints its table, writes bench/results/NAME.json. */
import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { type Bench, broken, render, writeResult } from "./lib/result";

const root = resolve(__dirname, "..");

async function main([name, ...args]: readonly string[]): Promise<number> {
    const names = readdirSync(__dirname)
        .filter((file) => file.endsWith(".ts") && file !== "run.ts")
        .map((file) => file.slice(0, -".ts".length))
        .sort();
    if (name === undefined || !names.includes(name)) {
        const given = name === undefined ? "no benchmark named" : `no benchmark "${name}"`;
        console.error(`${given}; there are: ${names.join(", ")}\nusage: npm run bench -- NAME [ARGS…]`);
        return 2;
    }
    const { bench } = (await import(join(__dirname, name))) as { bench: Bench };
    const result = await bench(args);
    console.log(`${render(result)}\n\nwritten: ${writeResult(root, name, result)}`);
    const missed = broken(result);
    if (missed.length > 0) console.error(`${missed.length} limit(s) not kept: ${missed.join("; ")}`);
    return missed.length > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
    (code) => (process.exitCode = code),
    (error: unknown) => {
        console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
        process.exitCode = 2;
    },
);
