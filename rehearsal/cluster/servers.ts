import * as path from "node:path";

/** Ports of one cluster on 127.0.0.1, remembered beside its data so that a restart keeps the server's address. */
export interface Ports {
    readonly apiServer: number;
    readonly etcd: number;
    readonly etcdPeer: number;
    readonly scheduler: number;
    readonly controllerManager: number;
}

export interface Server {
    readonly name: "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler";
    readonly args: readonly string[];
}

/**
 * The command lines of the real control plane, all of it on 127.0.0.1.
 * @param folder the cluster's folder: keys, tokens, certificates and etcd's data are below it.
 */
export function serversOf(folder: string, ports: Ports, serviceCidr: string): readonly Server[] {
    const at = (...names: string[]) => path.join(folder, ...names);
    const etcd = `http://127.0.0.1:${ports.etcd}`;
    const peer = `http://127.0.0.1:${ports.etcdPeer}`;
    return [
        {
            name: "etcd",
            args: [
                `--data-dir=${at("etcd")}`,
                // State of a rehearsal: surviving a power cut is not worth a disk flush for every write.
                "--unsafe-no-fsync",
                `--listen-client-urls=${etcd}`,
                `--advertise-client-urls=${etcd}`,
                `--listen-peer-urls=${peer}`,
                `--initial-advertise-peer-urls=${peer}`,
                `--initial-cluster=default=${peer}`,
                "--log-level=warn",
            ],
        },
        {
            name: "kube-apiserver",
            args: [
                `--etcd-servers=${etcd}`,
                `--secure-port=${ports.apiServer}`,
                "--bind-address=127.0.0.1",
                "--advertise-address=127.0.0.1",
                // Endpoints may not hold a loopback address; nothing in a rehearsal dials the `kubernetes` service.
                "--endpoint-reconciler-type=none",
                `--cert-dir=${at("certificates")}`,
                `--token-auth-file=${at("tokens.csv")}`,
                "--authorization-mode=RBAC",
                "--service-account-issuer=https://kubernetes.default.svc",
                `--service-account-key-file=${at("service-accounts.pub")}`,
                `--service-account-signing-key-file=${at("service-accounts.key")}`,
                `--service-cluster-ip-range=${serviceCidr}`,
                "--allow-privileged=true",
                "--profiling=false",
            ],
        },
        {
            name: "kube-controller-manager",
            args: [
                `--kubeconfig=${at("kubeconfig")}`,
                `--secure-port=${ports.controllerManager}`,
                "--bind-address=127.0.0.1",
                `--cert-dir=${at("certificates-controller-manager")}`,
                "--leader-elect=false",
                `--service-account-private-key-file=${at("service-accounts.key")}`,
                `--root-ca-file=${at("certificates", "apiserver.crt")}`,
                // Pod ranges of nodes and load balancers are Azure's: the nodes' stand-in gives them.
                "--controllers=*,-node-ipam-controller,-service-lb-controller",
                "--use-service-account-credentials=false",
            ],
        },
        {
            name: "kube-scheduler",
            args: [
                `--kubeconfig=${at("kubeconfig")}`,
                `--secure-port=${ports.scheduler}`,
                "--bind-address=127.0.0.1",
                `--cert-dir=${at("certificates-scheduler")}`,
                "--leader-elect=false",
            ],
        },
    ];
}
