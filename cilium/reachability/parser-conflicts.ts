import type { CiliumMinor } from "../model/versions";
import type { PortSpec } from "../semantics/rules";

/** The L7 side of one filter, or of one peer of it. */
interface Merged {
    readonly parser: string;
    readonly deny: boolean;
}

/** `none` can become any parser, `tls` any but those that bring their own proxy. Source: `L7ParserType.canPromoteTo`. */
function promotes(from: string, to: string): boolean {
    return from === "" || (from === "tls" && to !== "" && to !== "dns" && to !== "crd");
}

/**
 * Finds L7 rules that Cilium cannot merge, e.g. HTTP and DNS for one port. Then the policy of the whole endpoint cannot
 * be computed, and the endpoint keeps the one it had. Up to 1.17 all peers of a port share a parser, since 1.18 each has
 * its own. Source: `pkg/policy/rule.go` mergePortProto.
 */
export class ParserConflicts {
    private readonly merged = new Map<string, Merged>();
    /** The first conflict, in words; undefined where there is none. */
    conflict: string | undefined;

    constructor(private readonly minor: CiliumMinor) {}

    /** Adds one port of one rule. */
    add(spec: PortSpec, peers: readonly string[], deny: boolean): void {
        const parser = deny ? "" : (spec.l7?.parser ?? "");
        const shared = this.minor === "1.16" || this.minor === "1.17";
        const keys = shared ? [spec.filter] : new Set(peers.map((peer) => `${spec.filter}\n${peer}`));
        for (const key of keys) {
            const known = this.merged.get(key);
            if (known === undefined) this.merged.set(key, { parser, deny });
            else if (shared || !(known.deny || deny)) this.merge(key, known, parser, spec);
            else this.merged.set(key, { parser: known.parser, deny: true });
        }
    }

    private merge(key: string, known: Merged, parser: string, spec: PortSpec): void {
        if (parser === known.parser || promotes(parser, known.parser)) return;
        if (promotes(known.parser, parser)) this.merged.set(key, { parser, deny: known.deny });
        else this.conflict ??= `${known.parser} and ${parser} rules for ${spec.filter}`;
    }
}
