/**
 * Stand-in for Azure's control plane: `main.ts --state DIR [--port N]`.
 * Modelled: resource groups, managed clusters, agent pools, maintenance configurations, credentials, role definitions and
 * assignments, locks, user-assigned identities, virtual networks and subnets, subscriptions, the identity endpoint;
 * asynchronous operations, AKS's defaults and refusals, throttling of cluster PUTs, conflicts, faults on demand.
 * Not modelled: quotas, prices, permissions (every valid token may do everything), etag conditions, preview API versions,
 * time (a cluster takes as long as its API server), anything else of Azure.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { certificate } from "./certificate";
import { clustersByCommand, givenCluster } from "./clusters";
import { startAzure } from "./server";

async function main(): Promise<void> {
    const { values } = parseArgs({
        options: { state: { type: "string" }, port: { type: "string", default: "0" } },
    });
    const given = values.state ?? process.env["AKS_CILIUM_REHEARSAL"];
    if (given === undefined) throw new Error("--state DIR is missing: the folder that keeps Azure's state");
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 0 || port > 65535)
        throw new Error(`--port ${values.port}: a number from 0 to 65535`);
    const state = resolve(given);
    const folder = join(state, "azure");
    mkdirSync(folder, { recursive: true });
    const tls = await certificate(folder);
    const command = process.env["AKS_CILIUM_CLUSTER"];
    const clusters =
        command === undefined ? givenCluster(process.env["KUBECONFIG"]) : clustersByCommand(command);
    const { endpoint, identityEndpoint } = await startAzure(state, port, tls, clusters);
    const ready = JSON.stringify({ endpoint, certificate: tls.file, identityEndpoint });
    writeFileSync(join(folder, "server.json"), `${ready}\n`);
    process.stdout.write(`${ready}\n`);
}

main().catch((error: unknown) => {
    process.stderr.write(`azure stand-in: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
});
