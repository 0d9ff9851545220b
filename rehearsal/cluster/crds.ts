import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { findGo } from "../engine/go-toolchain";
import { minorOf } from "./specification";

/**
 * The Cilium release whose CRDs stand for a minor, with the checksum of its Go module (`go.sum` form).
 * A new minor is one more line: `go mod download -json github.com/cilium/cilium@vX` prints version and Sum.
 */
const RELEASES: Readonly<Record<string, { version: string; sum: string }>> = {
    "1.16": { version: "v1.16.19", sum: "h1:t8UqCIzIeRuKOEZ9B5kj8usoVtjxMA1Z3dKVUMxozL0=" },
    "1.17": { version: "v1.17.16", sum: "h1:Q7P7zQ2Y9RVmc4oTklyJya3Xgc4aUEa448rb/snKvlI=" },
    "1.18": { version: "v1.18.11", sum: "h1:8KV/ntPoZ6nRMW1l+AVbvkbvIHJhv2ZiBFJD5MEEthg=" },
    "1.19": { version: "v1.19.7", sum: "h1:tB4VfNVhRRlUD1fnVrZN/qhDQnjluMRMcWLK8XDRS6w=" },
};

/** Cilium minors by Kubernetes minor (aks.md 1.1; on 1.36 clusters run newer than the documented floor). */
const CILIUM_OF: Readonly<Record<string, string>> = {
    "1.31": "1.16",
    "1.32": "1.17",
    "1.33": "1.17",
    "1.34": "1.18",
    "1.35": "1.18",
    "1.36": "1.19",
};

/** CRDs seen on live AKS clusters (aks.md 7.4): those of disabled features are absent there. */
const INSTALLED = new Set(
    [
        "ciliumcidrgroups",
        "ciliumclusterwidenetworkpolicies",
        "ciliumendpoints",
        "ciliumendpointslices",
        "ciliumexternalworkloads",
        "ciliumidentities",
        "ciliuml2announcementpolicies",
        "ciliumloadbalancerippools",
        "ciliumlocalredirectpolicies",
        "ciliumnetworkpolicies",
        "ciliumnodeconfigs",
        "ciliumnodes",
        "ciliumpodippools",
    ].map((plural) => `${plural}.cilium.io`),
);

/** A CRD as far as the rehearsal looks at it; the rest goes to the API server as Cilium wrote it. */
export interface Crd {
    metadata: { name: string };
    [field: string]: unknown;
}

/** The Cilium release that stands for the one AKS runs at this Kubernetes version: `v1.18.11`. */
export function ciliumRelease(kubernetesVersion: string): string {
    const cilium = CILIUM_OF[minorOf(kubernetesVersion)];
    if (cilium === undefined) {
        const known = Object.keys(CILIUM_OF).join(", ");
        throw new Error(
            `Kubernetes ${kubernetesVersion}: no Cilium release is known for this minor. ` +
                `Use one of ${known}, or add it to rehearsal/cluster/crds.ts.`,
        );
    }
    return (RELEASES[cilium] as { version: string }).version;
}

const fileOf = (bin: string, version: string) => path.join(bin, `cilium-${version.slice(1)}`, "crds.json");

/**
 * Cilium's own CRDs for a Kubernetes version, out of Cilium's Go module, fetched once a release.
 * @param bin folder where they are kept.
 * @param modules folder for the module while it is read; removed afterwards.
 */
export async function crdsFor(bin: string, kubernetesVersion: string, modules: string): Promise<Crd[]> {
    const version = ciliumRelease(kubernetesVersion);
    const file = fileOf(bin, version);
    if (!fs.existsSync(file)) {
        const crds = await fetch(await findGo(bin), version, modules);
        fs.rmSync(modules, { recursive: true, force: true });
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(crds));
        fs.renameSync(`${file}.${process.pid}`, file);
    }
    return JSON.parse(fs.readFileSync(file, "utf8")) as Crd[];
}

async function fetch(go: string, version: string, modules: string): Promise<Crd[]> {
    const module = `github.com/cilium/cilium@${version}`;
    const { stdout } = await promisify(execFile)(go, ["mod", "download", "-json", module], {
        // Outside any module: the checkout's own go.mod files have no say here.
        cwd: "/",
        env: { ...process.env, GOMODCACHE: modules, GOFLAGS: "-modcacherw", GOWORK: "off" },
        maxBuffer: 1 << 20,
    });
    const { Dir, Sum } = JSON.parse(stdout) as { Dir: string; Sum: string };
    const expected = Object.values(RELEASES).find((release) => release.version === version)?.sum;
    if (Sum !== expected) throw new Error(`${module}: checksum ${Sum}, expected ${expected}`);
    const top = path.join(Dir, "pkg/k8s/apis/cilium.io/client/crds");
    return fs
        .readdirSync(top, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".yaml"))
        .flatMap((name) => parseAllDocuments(fs.readFileSync(path.join(top, name), "utf8")))
        .map((document) => document.toJS() as Crd)
        .filter((crd) => INSTALLED.has(crd.metadata.name))
        .sort((a, b) => a.metadata.name.localeCompare(b.metadata.name));
}
