/**
 * Stand-in for the azure-native provider plug-in, 3.28.0, over the ARM endpoint of the rehearsal.
 * Modelled: the resources and functions that this project and its readers use (resources.ts, functions.ts), with names,
 * defaults, validation, replacement, previews, partial errors, refresh and import as the released provider's public source
 * does it. Not modelled: every other resource, its removal defaults, credentials other than the rehearsal's, parameterization,
 * giving up an accepted operation when the engine is interrupted (it is followed to its end).
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { serve } from "../plugin/server";
import type { Properties } from "../plugin/values";
import { ArmClient } from "./client";
import { azureNative, type Environment } from "./provider";

const RUN = "start the program with `npm run rehearse`";

/** ARM's address: from the environment, else from what the running control plane wrote down. */
function armOf(env: NodeJS.ProcessEnv): { endpoint: string; certificate: string | undefined } {
    const { ARM_ENDPOINT, ARM_CERTIFICATE, AKS_CILIUM_REHEARSAL } = env;
    if (ARM_ENDPOINT !== undefined && ARM_CERTIFICATE !== undefined)
        return { endpoint: ARM_ENDPOINT, certificate: ARM_CERTIFICATE };
    if (AKS_CILIUM_REHEARSAL === undefined)
        throw new Error(`azure-native stand-in: AKS_CILIUM_REHEARSAL is not set; ${RUN}`);
    const file = join(AKS_CILIUM_REHEARSAL, "azure", "server.json");
    const written = JSON.parse(readFileSync(file, "utf8")) as { endpoint: string; certificate: string };
    return {
        endpoint: ARM_ENDPOINT ?? written.endpoint,
        certificate: ARM_CERTIFICATE ?? written.certificate,
    };
}

/** Seconds from the environment, for tests that do not wait as long as Azure's SDK does. */
const seconds = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text);

function connect(config: Properties): Environment {
    const text = (key: string, variable: string): string | undefined => {
        const value = config[key];
        return typeof value === "string" ? value : process.env[variable];
    };
    const retrySeconds = seconds(process.env["AZURE_NATIVE_RETRY_SECONDS"]);
    const client = new ArmClient({
        ...armOf(process.env),
        ...(retrySeconds === undefined ? {} : { retrySeconds }),
    });
    const subscription =
        text("subscriptionId", "ARM_SUBSCRIPTION_ID") ?? "00000000-0000-0000-0000-000000000001";
    return { client, subscription, location: text("location", "ARM_LOCATION") };
}

serve(azureNative(connect), process.argv);
