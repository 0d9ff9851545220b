import type * as bundle from "./bundle.mjs" with { "resolution-mode": "import" };

/** What bundle.mts exports. */
export type Clients = typeof bundle;

/**
 * The clients of Azure and Kubernetes, read now and not before: `--help` and `check` must not pay for them (issue 8).
 * When bundled, `./bundle` is the file dist/clients.js, shared by all commands.
 */
export function clients(): Clients {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- on demand
    return require("./bundle") as Clients;
}
