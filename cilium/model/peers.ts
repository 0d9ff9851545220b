import * as z from "zod/mini";
import { changed, crd, type CrdKeywords } from "./crd";
import { LABEL_VALUE, MATCH_NAME, MATCH_PATTERN, RESOURCE_NAME } from "./patterns";

export const SELECTOR_OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"] as const;

const labelValue = crd(z.string(), { maxLength: 63, pattern: LABEL_VALUE });

/** Labels of pods, nodes or CIDR groups. The CRDs check values of `matchLabels`, but neither keys nor `values`. */
export const endpointSelector = crd(
    z.strictObject({
        matchLabels: crd(z.optional(z.record(z.string(), labelValue)), {
            doc: "All of these labels. A key may carry a source: `k8s:app`, `reserved:host`; without one any source matches.",
        }),
        matchExpressions: z.optional(
            z.array(
                z.strictObject({
                    key: z.string(),
                    operator: z.enum(SELECTOR_OPERATORS),
                    values: z.optional(z.array(z.string())),
                }),
            ),
        ),
    }),
    { doc: "A label selector; `{}` selects everything it may." },
);

/**
 * `fromRequires` and `toRequires`: selectors up to 1.18. 1.19 took them out and left a list of strings that has to be
 * empty (oracle: v19-requires-*), so that stored objects with `[]` stay readable.
 */
export function retiredSelectors(instead: string): CrdKeywords {
    return {
        doc: `Removed in Cilium 1.19. Write the requirement into every selector of ${instead}.`,
        code: "L55",
        becomes: { since: "1.19", schema: crd(z.array(z.string()), { maxItems: 0 }) },
    };
}

export const ENTITIES = [
    "all",
    "world",
    "cluster",
    "host",
    "init",
    "ingress",
    "unmanaged",
    "remote-node",
    "health",
    "none",
    "kube-apiserver",
] as const;
/** Go knows `world-ipv4` and `world-ipv6` too; the CRD refuses them (oracle: r11-world-ipv4). */
export const entity = z.enum(ENTITIES);

/** An address range. The format check of the API server tolerates leading zeros, Cilium's own does not. */
export const cidr = crd(z.string(), {
    format: "cidr",
    doc: "Address range such as 10.1.0.0/16 or 2001:db8::/32.",
});

export const cidrRule = crd(
    z.strictObject({
        cidr: z.optional(cidr),
        cidrGroupRef: crd(z.optional(z.string()), {
            maxLength: 253,
            pattern: RESOURCE_NAME,
            doc: "Name of a CiliumCIDRGroup.",
        }),
        cidrGroupSelector: crd(z.optional(endpointSelector), {
            since: "1.17",
            doc: "CiliumCIDRGroups by their labels.",
        }),
        except: crd(z.optional(z.array(cidr)), { doc: "Ranges inside `cidr` that are left out." }),
    }),
    {
        oneOf: changed({
            "1.16": ["cidr", "cidrGroupRef"],
            "1.17": ["cidr", "cidrGroupRef", "cidrGroupSelector"],
        }),
    },
);

export const group = z.strictObject({
    aws: z.optional(
        z.strictObject({
            labels: z.optional(z.record(z.string(), z.string())),
            securityGroupsIds: z.optional(z.array(z.string())),
            securityGroupsNames: z.optional(z.array(z.string())),
            region: z.optional(z.string()),
        }),
    ),
});

export const service = z.strictObject({
    k8sService: z.optional(
        z.strictObject({ serviceName: z.optional(z.string()), namespace: z.optional(z.string()) }),
    ),
    k8sServiceSelector: z.optional(
        z.strictObject({ selector: endpointSelector, namespace: z.optional(z.string()) }),
    ),
});

const fqdnLength = changed({ "1.17": 255 });

/** A DNS name or pattern; also the shape of a DNS rule. */
export const fqdnSelector = crd(
    z.strictObject({
        matchName: crd(z.optional(z.string()), {
            pattern: MATCH_NAME,
            code: "L13",
            maxLength: fqdnLength,
            doc: "One DNS name, exactly.",
        }),
        matchPattern: crd(z.optional(z.string()), {
            pattern: MATCH_PATTERN,
            code: "L13",
            maxLength: fqdnLength,
            doc: "DNS names; `*` stands for any characters within one label, not for a dot.",
        }),
    }),
    { oneOf: ["matchName", "matchPattern"] },
);
