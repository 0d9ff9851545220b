import * as z from "zod/mini";
import { changed, crd } from "./crd";
import { PRINTABLE } from "./patterns";
import {
    cidrRule,
    endpointSelector,
    entity,
    fqdnSelector,
    group,
    retiredSelectors,
    service,
    cidr,
} from "./peers";
import { icmpRule, portDenyRule, portRule } from "./ports";

const authentication = crd(z.strictObject({ mode: z.enum(["disabled", "required", "test-always-fail"]) }), {
    doc: "Mutual authentication of the connection. AKS does not switch it on: the rule is enforced without it.",
});

const ingressPeers = {
    fromEndpoints: crd(z.optional(z.array(endpointSelector)), {
        doc: "Pods the traffic comes from. In a CiliumNetworkPolicy a selector without a namespace key means the policy's own namespace.",
    }),
    fromRequires: crd(z.optional(z.array(endpointSelector)), { ...retiredSelectors("fromEndpoints") }),
    fromCIDR: crd(z.optional(z.array(cidr)), {
        doc: "Address ranges outside the cluster the traffic comes from. Never matches pods or nodes.",
    }),
    fromCIDRSet: crd(z.optional(z.array(cidrRule)), {
        doc: "Address ranges outside the cluster, with exceptions, or groups of ranges.",
    }),
    fromEntities: crd(z.optional(z.array(entity)), {
        doc: "Well-known peers: world, host, kube-apiserver, …",
    }),
    fromGroups: crd(z.optional(z.array(group)), { doc: "AWS security groups; of no use on AKS." }),
    fromNodes: crd(z.optional(z.array(endpointSelector)), {
        doc: "Nodes by their labels; needs an agent setting that AKS does not allow.",
    }),
};

const egressPeers = {
    toEndpoints: crd(z.optional(z.array(endpointSelector)), {
        doc: "Pods the traffic goes to. In a CiliumNetworkPolicy a selector without a namespace key means the policy's own namespace.",
    }),
    toRequires: crd(z.optional(z.array(endpointSelector)), { ...retiredSelectors("toEndpoints") }),
    toCIDR: crd(z.optional(z.array(cidr)), {
        doc: "Address ranges outside the cluster the traffic goes to. Never matches pods or nodes.",
    }),
    toCIDRSet: crd(z.optional(z.array(cidrRule)), {
        doc: "Address ranges outside the cluster, with exceptions, or groups of ranges.",
    }),
    toEntities: crd(z.optional(z.array(entity)), { doc: "Well-known peers: world, host, kube-apiserver, …" }),
    toServices: crd(z.optional(z.array(service)), {
        doc: "Kubernetes Services, translated to their backends.",
    }),
    toGroups: crd(z.optional(z.array(group)), { doc: "AWS security groups; of no use on AKS." }),
    toNodes: crd(z.optional(z.array(endpointSelector)), {
        doc: "Nodes by their labels; needs an agent setting that AKS does not allow.",
    }),
};

const icmps = crd(z.optional(z.array(icmpRule)), {
    doc: "ICMP types; not together with toPorts in one rule.",
});
const toPorts = crd(z.optional(z.array(portRule)), { doc: "Ports, and what is allowed on them." });
const denyPorts = crd(z.optional(z.array(portDenyRule)), { doc: "Ports that are denied." });

export const ingressRule = z.strictObject({
    ...ingressPeers,
    toPorts,
    icmps,
    authentication: z.optional(authentication),
});
export const ingressDenyRule = z.strictObject({ ...ingressPeers, toPorts: denyPorts, icmps });
export const egressRule = z.strictObject({
    ...egressPeers,
    toFQDNs: crd(z.optional(z.array(fqdnSelector)), {
        doc: "DNS names the traffic goes to; needs a DNS rule that lets the same pods resolve them. Not in egressDeny.",
    }),
    toPorts,
    icmps,
    authentication: z.optional(authentication),
});
export const egressDenyRule = z.strictObject({ ...egressPeers, toPorts: denyPorts, icmps });

/** The `spec` of a CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy, and each item of `specs`. */
export const rule = crd(
    z.strictObject({
        endpointSelector: crd(z.optional(endpointSelector), {
            doc: "The pods this policy is for; `{}` means all.",
        }),
        nodeSelector: crd(z.optional(endpointSelector), {
            doc: "The nodes this policy is for; only in a CiliumClusterwideNetworkPolicy. AKS does not switch the host firewall on.",
        }),
        ingress: crd(z.optional(z.array(ingressRule)), {
            doc: "What may come in. `[{}]` lets nothing in (default deny); `[]` is refused since 1.17.",
        }),
        ingressDeny: crd(z.optional(z.array(ingressDenyRule)), {
            doc: "What may not come in, whatever allows it.",
        }),
        egress: crd(z.optional(z.array(egressRule)), {
            doc: "What may go out. `[{}]` lets nothing out (default deny); `[]` is refused since 1.17.",
        }),
        egressDeny: crd(z.optional(z.array(egressDenyRule)), {
            doc: "What may not go out, whatever allows it.",
        }),
        enableDefaultDeny: crd(
            z.optional(z.strictObject({ ingress: z.optional(z.boolean()), egress: z.optional(z.boolean()) })),
            { doc: "Whether the policy starts default deny. Without it, a direction with rules does." },
        ),
        labels: crd(
            z.optional(
                z.array(
                    crd(
                        z.strictObject({
                            key: z.string(),
                            value: z.optional(z.string()),
                            source: z.optional(z.string()),
                        }),
                        { go: "label" },
                    ),
                ),
            ),
            { doc: "Labels of the rule itself, for `cilium policy get`; no effect on traffic." },
        ),
        description: crd(z.optional(z.string()), { doc: "Free text." }),
        log: crd(
            z.optional(
                z.strictObject({ value: crd(z.optional(z.string()), { maxLength: 32, pattern: PRINTABLE }) }),
            ),
            { since: "1.18", doc: "Text that Hubble shows with every verdict of this policy." },
        ),
    }),
    {
        go: "pointer",
        oneOf: ["endpointSelector", "nodeSelector"],
        anyOf: changed({ "1.17": ["ingress", "ingressDeny", "egress", "egressDeny"] }),
    },
);
