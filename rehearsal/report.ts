import * as path from "node:path";
import { ciliumRelease } from "./cluster/crds";
import { readSpecification } from "./cluster/folder";
import { clustersOf } from "./cluster/start";
import { quietly } from "./child";
import { KUBERNETES } from "./engine/versions";
import type { Places } from "./places";
import { say } from "./say";
import { joinSession, type Session, type Start } from "./session";

/** Says what of this run is real and what is a stand-in: a green run proves no more than that. */
export function sayPieces(session: Session): void {
    const { places, runtime, binaries, plugins } = session;
    const given = runtime.givenKubeconfig;
    const versions = clustersOf(places).map((name) => readSpecification(path.join(places.clusters, name)));
    const cilium = [...new Set(versions.map(({ kubernetesVersion }) => ciliumRelease(kubernetesVersion)))];
    const cluster =
        given === undefined
            ? `Kubernetes ${KUBERNETES} (etcd, kube-apiserver, controllers, scheduler, kubectl)`
            : `the cluster of ${given}`;
    const crds =
        given !== undefined ? [] : [`Cilium's CRDs${cilium.length > 0 ? ` ${cilium.join(", ")}` : ""}`];
    const name = ({ name, version }: { name: string; version: string }) => `${name} ${version}`;
    const released = plugins.filter((plugin) => plugin.released).map(name);
    const standIns = plugins.filter((plugin) => !plugin.released).map(name);
    const real = [binaries.engineOrigin, cluster, ...crds, ...released.map((plugin) => `provider ${plugin}`)];
    const stood = ["Azure", ...(given === undefined ? ["nodes and kubelet"] : [])];
    if (standIns.length > 0) stood.push(`provider${standIns.length > 1 ? "s" : ""} ${standIns.join(", ")}`);
    say(`Real: ${real.join("; ")}.`);
    say(`Stand-ins: ${stood.join("; ")}.`);
}

interface List {
    items: { kind: string; metadata: { name: string; namespace?: string } }[];
}

/** Prints the policies that the cluster holds after an up. */
export async function sayApplied(start: Start, places: Places, stack: string): Promise<void> {
    const env = await joinSession(start, places, stack);
    if (env["KUBECONFIG"] === undefined) return;
    const kinds =
        "ciliumclusterwidenetworkpolicies.cilium.io,ciliumnetworkpolicies.cilium.io,networkpolicies.networking.k8s.io";
    const text = await quietly("kubectl", ["get", kinds, "-A", "-o", "json"], { cwd: start.root, env });
    const { items } = JSON.parse(text) as List;
    const rows = items.map(({ kind, metadata }) => [metadata.namespace ?? "-", kind, metadata.name]);
    rows.sort((a, b) => a.join(" ").localeCompare(b.join(" ")));
    const table = [["NAMESPACE", "KIND", "NAME"], ...rows];
    const widths = [0, 1].map((column) => Math.max(...table.map((row) => (row[column] ?? "").length)));
    const lines = table.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
    process.stdout.write(
        `Applied policies (${rows.length}):\n${lines.map((line) => `    ${line}`).join("\n")}\n`,
    );
}
