import type { Command } from "commander";

/**
 * What a command's module exports.
 */
export interface CommandModule {
    /**
     * Adds arguments, options and the action to a command.
     * @param command created with name and summary already
     * @param exit to be called with the exit code; 0 where it is not called
     */
    define(command: Command, exit: (code: number) => void): void;
}

/** A command as the overview lists it; its module is loaded only when it is asked for. */
export interface CommandEntry {
    readonly name: string;
    readonly summary: string;
    readonly load: () => CommandModule;
}

/* eslint-disable @typescript-eslint/no-require-imports -- on demand; import() would cost the ESM loader's start */

/** Every command, in the order that `--help` lists them. */
export const COMMANDS: readonly CommandEntry[] = [
    {
        name: "check",
        summary: "check policies as Cilium and this cluster would, before anything is applied",
        load: () => require("./check") as CommandModule,
    },
    {
        name: "reach",
        summary: "who may reach whom, on which ports: text, JSON, a diagram or a page",
        load: () => require("./reach") as CommandModule,
    },
    {
        name: "why",
        summary:
            "why one flow is allowed or denied: both ends, the rules that decide, the change that would flip it",
        load: () => require("./why") as CommandModule,
    },
    {
        name: "diff",
        summary: "what a change opens and closes: two folders or git revisions, or an upgrade of Kubernetes",
        load: () => require("./diff") as CommandModule,
    },
    {
        name: "test",
        summary: "hold expectations (who must, who must not reach whom) against the policies",
        load: () => require("./test") as CommandModule,
    },
    {
        name: "comment",
        summary: "the pull request's comment from previews, policies and findings: what can hurt first",
        load: () => require("./comment") as CommandModule,
    },
    {
        name: "guard",
        summary: "fail on a planned replacement or delete of what holds data or identity, unless unlocked",
        load: () => require("./guard") as CommandModule,
    },
    {
        name: "verify",
        summary: "is a running cluster what it should be: Azure, the data plane, and every policy in force",
        load: () => require("./verify") as CommandModule,
    },
    {
        name: "credentials",
        summary: "write or merge a kubeconfig of the cluster, as az aks get-credentials does",
        load: () => require("./credentials") as CommandModule,
    },
    {
        name: "policies",
        summary: "the cluster's policies: valid or not, how many endpoints they apply to, ours or foreign",
        load: () => require("./policies") as CommandModule,
    },
    {
        name: "restart",
        summary: "restart Cilium's operator and agents, pod by pod, and ask whether the data plane is whole",
        load: () => require("./restart") as CommandModule,
    },
    {
        name: "inventory",
        summary: "the cluster's workloads and Services as files for check and reach, without secrets",
        load: () => require("./inventory") as CommandModule,
    },
];
