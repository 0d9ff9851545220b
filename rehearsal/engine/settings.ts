import * as fs from "node:fs";
import * as path from "node:path";
import { UsageError } from "../say";

/** What the engine itself adds to a stack's settings when its secrets are encrypted with a passphrase. */
const SALT = /^encryptionsalt:.*$/m;

/**
 * The text of the working copy of a stack's settings: the checkout's file, with the salt that the engine wrote into
 * the last copy. The engine needs a file it can write to, and the checkout must stay clean.
 * @throws UsageError for a secret that only the owner of the real stack can read.
 */
export function workingCopy(file: string, source: string, previous: string | undefined): string {
    const secret = source.split("\n").findIndex((line) => /^\s*(-\s*)?secure:/.test(line));
    if (secret >= 0)
        throw new UsageError(
            `${file}:${secret + 1}: a secret encrypted for the real stack, which the rehearsal cannot read. ` +
                `Rehearse a copy of the file with a made-up value in its place.`,
        );
    const own = source
        .split("\n")
        .filter((line) => !/^(encryptionsalt|encryptedkey|secretsprovider):/.test(line))
        .join("\n")
        .trimEnd();
    const salt = SALT.exec(previous ?? "")?.[0];
    return `${own}\n${salt === undefined ? "" : `${salt}\n`}`;
}

/** Brings the working copy up to date and gives its path. */
export function copySettings(root: string, folder: string, stack: string): string {
    const name = `Pulumi.${stack}.yaml`;
    const source = path.join(root, name);
    if (!fs.existsSync(source)) {
        const stacks = fs
            .readdirSync(root)
            .map((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1])
            .filter((found) => found !== undefined);
        throw new UsageError(
            `--stack ${stack}: there is no ${name} here. Stacks: ${stacks.sort().join(", ")}.`,
        );
    }
    fs.mkdirSync(folder, { recursive: true });
    const copy = path.join(folder, name);
    const previous = fs.existsSync(copy) ? fs.readFileSync(copy, "utf8") : undefined;
    const text = workingCopy(name, fs.readFileSync(source, "utf8"), previous);
    if (text !== previous) {
        fs.writeFileSync(`${copy}.${process.pid}`, text, { mode: 0o600 });
        fs.renameSync(`${copy}.${process.pid}`, copy);
    }
    return copy;
}
