import { generateKeyPairSync, randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { Access } from "./client";
import { EMPTY, read, type Specification } from "./specification";

/** Makes a cluster's folder ready for its first start: keys for service accounts and the one token. */
export function prepare(folder: string): void {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (fs.existsSync(path.join(folder, "tokens.csv"))) return;
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
        modulusLength: 2048,
        publicKeyEncoding: { type: "spki", format: "pem" },
        privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    const secret = { mode: 0o600 };
    fs.writeFileSync(path.join(folder, "service-accounts.key"), privateKey, secret);
    fs.writeFileSync(path.join(folder, "service-accounts.pub"), publicKey);
    // AKS's user names (masterclient, system:masters) of local accounts. Written last: its presence says "ready".
    const token = sharedToken(path.dirname(folder));
    fs.writeFileSync(
        path.join(folder, "tokens.csv"),
        `${token},masterclient,masterclient,"system:masters"\n`,
        secret,
    );
}

/** File of the token that every cluster of a state folder accepts. */
export const tokenFile = (clusters: string): string => path.join(clusters, "token");

/** One token for all clusters: a stand-in of kubelogin is not told which cluster it logs in to. */
function sharedToken(clusters: string): string {
    const file = tokenFile(clusters);
    try {
        fs.writeFileSync(file, randomBytes(32).toString("hex"), { mode: 0o600, flag: "wx" });
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    return fs.readFileSync(file, "utf8");
}

export const tokenOf = (folder: string): string =>
    fs.readFileSync(path.join(folder, "tokens.csv"), "utf8").split(",")[0] as string;

export const kubeconfigOf = (folder: string): string => path.join(folder, "kubeconfig");

export function accessOf(folder: string): Access {
    const { apiServer } = JSON.parse(fs.readFileSync(path.join(folder, "ports.json"), "utf8")) as {
        apiServer: number;
    };
    return {
        server: `https://127.0.0.1:${apiServer}`,
        token: tokenOf(folder),
        certificate: path.join(folder, "certificates", "apiserver.crt"),
    };
}

/**
 * Writes the kubeconfig in the form that AKS gives out: authority inline, one context named after the cluster.
 */
export function writeKubeconfig(folder: string, name: string): string {
    const access = accessOf(folder);
    const user = `clusterUser_${name}`;
    const authority = fs.readFileSync(access.certificate).toString("base64");
    const file = kubeconfigOf(folder);
    const text = [
        "apiVersion: v1",
        "kind: Config",
        "clusters:",
        `- name: ${name}`,
        "  cluster:",
        `    certificate-authority-data: ${authority}`,
        `    server: ${access.server}`,
        "contexts:",
        `- name: ${name}`,
        "  context:",
        `    cluster: ${name}`,
        `    user: ${user}`,
        `current-context: ${name}`,
        "preferences: {}",
        "users:",
        `- name: ${user}`,
        "  user:",
        `    token: ${access.token}`,
        "",
    ].join("\n");
    fs.writeFileSync(`${file}.${process.pid}`, text, { mode: 0o600 });
    fs.renameSync(`${file}.${process.pid}`, file);
    return file;
}

const specificationFile = (folder: string) => path.join(folder, "managed-cluster.json");

/** Remembers the managed cluster as ARM described it; the nodes' stand-in follows this file. */
export function writeSpecification(folder: string, managedCluster: unknown): void {
    const file = specificationFile(folder);
    fs.writeFileSync(`${file}.${process.pid}`, JSON.stringify(managedCluster));
    fs.renameSync(`${file}.${process.pid}`, file);
}

export function readSpecification(folder: string): Specification {
    try {
        return read(JSON.parse(fs.readFileSync(specificationFile(folder), "utf8")));
    } catch {
        return EMPTY;
    }
}
