import type * as cilium from "./cilium";

/**
 * The checker and the reachability engine, loaded by the first rule that has Kubernetes objects to look at: a stack without
 * any never reads them.
 */
export const library = (): typeof cilium =>
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- on demand; import() would cost the ESM loader's start
    require("./cilium") as typeof cilium;
