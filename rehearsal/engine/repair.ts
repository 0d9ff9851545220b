import * as fs from "node:fs";
import * as path from "node:path";
import { foreground, quietly } from "../child";
import { armGet } from "../arm-client";
import { ACCOUNT, type Azure } from "../environment";
import { sleep } from "../process";
import type { Places } from "../places";
import { say } from "../say";
import { cutOffCreations, placeOf, settle, type Deployment, type Place } from "./pending";
import { copySettings } from "./settings";
import { settingsOf } from "./stack";
import { deploymentOf, projectOf } from "./state";

/** How long a creation that Azure still works on is waited for. */
const PATIENCE = 20 * 60_000;

/**
 * After an engine that was killed: finds out what became of the operations it had begun, writes that into the stack's
 * state and refreshes it, so that the verb that follows neither makes anything twice nor forgets anything.
 */
export async function repair(
    root: string,
    places: Places,
    env: NodeJS.ProcessEnv,
    azure: Azure,
    stack: string,
): Promise<void> {
    const project = projectOf(root);
    const latest = deploymentOf(places, project, stack);
    const count = latest?.pending_operations?.length ?? 0;
    if (latest === undefined || count === 0) return;
    say(
        `The last run was cut off with ${count} operation${count === 1 ? "" : "s"} under way; looking what became of them.`,
    );
    const created = new Map<string, string>();
    for (const resource of cutOffCreations(latest)) {
        const place = placeOf(resource, ACCOUNT.ARM_SUBSCRIPTION_ID);
        const exists = place !== undefined && (await existsAt(place, azure, env, root));
        say(
            `  ${resource.urn.split("::").slice(-2).join(" ")}: ${exists ? "was created" : "was not created"}`,
        );
        if (exists) created.set(resource.urn, place.id);
    }
    const pulumi = path.join(places.path, "pulumi");
    const options = { cwd: root, env };
    const file = path.join(places.state, "pulumi", "settled.json");
    const exported = JSON.parse(await quietly(pulumi, ["stack", "export", "--stack", stack], options)) as {
        deployment: Deployment;
    };
    const settled = { ...exported, deployment: settle(exported.deployment, created) };
    fs.writeFileSync(file, JSON.stringify(settled), { mode: 0o600 });
    await quietly(pulumi, ["stack", "import", "--stack", stack, "--file", file], options);
    fs.rmSync(file, { force: true });
    const settings = copySettings(root, settingsOf(places, root), stack);
    const args = ["refresh", "--yes", "--skip-preview", "--stack", stack, "--config-file", settings];
    const code = await foreground(pulumi, args, options);
    if (code !== 0)
        throw new Error("the state could not be refreshed; see above. Run the same command again.");
}

async function existsAt(place: Place, azure: Azure, env: NodeJS.ProcessEnv, cwd: string): Promise<boolean> {
    if (place.kind === "azure") return existsInAzure(place, azure);
    if (env["KUBECONFIG"] === undefined) return false;
    const [namespace, name] = place.id.includes("/") ? place.id.split("/") : [undefined, place.id];
    const [group, version] = place.apiVersion.includes("/")
        ? place.apiVersion.split("/")
        : ["", place.apiVersion];
    const resource = group === "" ? place.what : `${place.what}.${version}.${group}`;
    const where = namespace === undefined ? [] : ["-n", namespace];
    const args = ["get", resource, name as string, ...where, "--ignore-not-found", "-o", "name"];
    const found = await quietly("kubectl", args, { cwd, env }).catch(() => "");
    return found.trim() !== "";
}

/** A creation that Azure still works on is waited for: until then nothing can be built on it. */
async function existsInAzure(place: Place, azure: Azure): Promise<boolean> {
    for (const end = Date.now() + PATIENCE; ; await sleep(500)) {
        const answer = await armGet(azure, `${place.id}?api-version=${place.apiVersion}`);
        if (answer.status === 404) return false;
        if (answer.status >= 400)
            throw new Error(`Azure answers ${answer.status} for ${place.id}: ${JSON.stringify(answer.body)}`);
        const state = (answer.body as { properties?: { provisioningState?: string } }).properties
            ?.provisioningState;
        if (state === undefined || ["Succeeded", "Failed", "Canceled"].includes(state)) return true;
        if (Date.now() > end) throw new Error(`${place.id} is still ${state}. Try again later.`);
    }
}
