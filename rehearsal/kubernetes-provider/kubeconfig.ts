/** Kubeconfigs: the active cluster entry, and how to connect. */
import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { parse } from "yaml";
import type { Properties, Value } from "../plugin/values";

interface Exec {
    command: string;
    args?: string[];
    env?: { name: string; value: string }[] | null;
}
interface User {
    token?: string;
    "client-certificate"?: string;
    "client-certificate-data"?: string;
    "client-key"?: string;
    "client-key-data"?: string;
    exec?: Exec;
}
/** The `cluster` part of a cluster entry: server, certificate authority, TLS settings. */
export interface ClusterEntry {
    server: string;
    "certificate-authority"?: string;
    "certificate-authority-data"?: string;
    "insecure-skip-tls-verify"?: boolean;
}
interface Kubeconfig {
    clusters?: { name: string; cluster: ClusterEntry }[];
    users?: { name: string; user: User }[];
    contexts?: { name: string; context: { cluster: string; user?: string; namespace?: string } }[];
    "current-context"?: string;
}

/** What the provider's arguments say about the kubeconfig. */
export interface Selection {
    kubeconfig: Value | undefined;
    context: Value | undefined;
    cluster: Value | undefined;
}

/** The three arguments out of a provider's inputs. */
export const selectionOf = ({ kubeconfig, context, cluster }: Properties): Selection => ({
    kubeconfig,
    context,
    cluster,
});

/** Everything needed to talk to an API server. */
export interface Connection {
    server: string;
    ca: Buffer | undefined;
    cert: Buffer | undefined;
    key: Buffer | undefined;
    verify: boolean;
    /** Namespace of the context. */
    namespace: string;
    /** The bearer token; an exec login runs once for each provider process. */
    token(): Promise<string | undefined>;
}

/** Text or file: a kubeconfig argument may be either, the environment variable names a file. */
function load(kubeconfig: Value | undefined): Kubeconfig | undefined {
    const given = typeof kubeconfig === "string" ? kubeconfig : process.env["KUBECONFIG"];
    if (given === undefined) return undefined;
    const text = !/[\n{]/.test(given) && existsSync(given) ? readFileSync(given, "utf8") : given;
    const loaded = parse(text) as Kubeconfig | null;
    return typeof loaded === "object" && loaded !== null ? loaded : undefined;
}

function active(config: Kubeconfig, selection: Selection) {
    const wanted = typeof selection.context === "string" ? selection.context : config["current-context"];
    const context = config.contexts?.find(({ name }) => name === wanted)?.context;
    const name = typeof selection.cluster === "string" ? selection.cluster : context?.cluster;
    const cluster = config.clusters?.find((one) => one.name === name)?.cluster;
    const user = config.users?.find((one) => one.name === context?.user)?.user;
    return { cluster, user, namespace: context?.namespace };
}

/**
 * The `cluster` struct that the selection leads to; undefined when the text is no kubeconfig or names none.
 * Names of entries and the user do not count (README, table e).
 */
export function activeCluster(selection: Selection): ClusterEntry | undefined {
    try {
        const config = load(selection.kubeconfig);
        return config && active(config, selection).cluster;
    } catch {
        return undefined;
    }
}

const pem = (data: string | undefined, file: string | undefined): Buffer | undefined =>
    data !== undefined ? Buffer.from(data, "base64") : file !== undefined ? readFileSync(file) : undefined;

async function execToken({ command, args = [], env }: Exec): Promise<string | undefined> {
    const extra = Object.fromEntries((env ?? []).map(({ name, value }) => [name, value]));
    const info = JSON.stringify({
        apiVersion: "client.authentication.k8s.io/v1beta1",
        kind: "ExecCredential",
        spec: { interactive: false },
    });
    const { stdout } = await promisify(execFile)(command, args, {
        env: { ...process.env, KUBERNETES_EXEC_INFO: info, ...extra },
    });
    return (JSON.parse(stdout) as { status?: { token?: string } }).status?.token;
}

/**
 * How to connect.
 * @throws Error when there is no kubeconfig, or it names no cluster
 */
export function connectionOf(selection: Selection): Connection {
    const config = load(selection.kubeconfig);
    if (config === undefined) {
        throw new Error(
            "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable",
        );
    }
    const { cluster, user = {}, namespace } = active(config, selection);
    if (cluster === undefined)
        throw new Error("invalid configuration: the current context names no cluster of the kubeconfig");
    let token: Promise<string | undefined> | undefined;
    return {
        server: cluster.server,
        ca: pem(cluster["certificate-authority-data"], cluster["certificate-authority"]),
        cert: pem(user["client-certificate-data"], user["client-certificate"]),
        key: pem(user["client-key-data"], user["client-key"]),
        verify: cluster["insecure-skip-tls-verify"] !== true,
        namespace: namespace ?? "default",
        token: () => (token ??= user.exec === undefined ? Promise.resolve(user.token) : execToken(user.exec)),
    };
}
