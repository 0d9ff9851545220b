import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { sleep } from "../process";
import type { Runtime } from "../runtime";
import { systemObjects } from "./aks/system";
import { StatusError, type Client, type KubernetesObject } from "./client";
import { crdsFor } from "./crds";
import { readSpecification } from "./folder";
import { pathOf } from "./paths";

const markOf = (folder: string) => path.join(folder, "applied");

/** Whether a cluster ever got its CRDs and system objects. */
export const isFollowed = (folder: string): boolean => fs.existsSync(markOf(folder));

/** Applies CRDs and system objects if they differ from what was applied last. */
export async function follow(runtime: Runtime, folder: string, client: Client): Promise<void> {
    const specification = readSpecification(folder);
    const modules = path.join(runtime.build, `cilium.${process.pid}`);
    const crds =
        specification.dataplane === "cilium"
            ? await crdsFor(runtime.bin, specification.kubernetesVersion, modules)
            : [];
    const objects = systemObjects(specification);
    const mark = markOf(folder);
    const digest = createHash("sha256")
        .update(JSON.stringify([crds, objects]))
        .digest("hex");
    if (fs.existsSync(mark) && fs.readFileSync(mark, "utf8") === digest) return;
    const names = crds.map((crd) => crd.metadata.name);
    await Promise.all(
        crds.map((crd) => client.apply(pathOf(crd as unknown as KubernetesObject), crd, "cilium-operator")),
    );
    await Promise.all(names.map((crd) => established(client, crd)));
    for (const object of objects) await applySystem(client, object);
    fs.writeFileSync(mark, digest);
}

/** A new API server makes kube-system itself a moment after it says that it is ready. */
async function applySystem(client: Client, object: KubernetesObject): Promise<void> {
    for (const end = Date.now() + 20_000; ; await sleep(100)) {
        try {
            return await client.apply(pathOf(object), object, "aks");
        } catch (error) {
            const early = error instanceof StatusError && [403, 404, 500, 503].includes(error.status);
            if (!early || Date.now() > end) throw error;
        }
    }
}

async function established(client: Client, name: string): Promise<void> {
    const at = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
        const { status } = (await client.call("GET", at)) as unknown as {
            status?: { conditions?: { type: string; status: string }[] };
        };
        if (status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True"))
            return;
    }
    throw new Error(`${name} was not established after 30 s`);
}
