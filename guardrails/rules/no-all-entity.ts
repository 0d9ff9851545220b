import type { ResourceValidationPolicy } from "@pulumi/policy";
import { CILIUM_POLICIES, forTypes, links } from "../resources";

const sections = ["ingress", "egress"] as const;
const keys = { ingress: "fromEntities", egress: "toEntities" } as const;

/** `all` is every pod, every node and the internet: whoever means that should say which of them. */
export const noAllEntity: ResourceValidationPolicy = {
    name: "no-all-entity",
    description: "No policy may allow traffic from or to the entity `all`.",
    severity: "high",
    remediationSteps:
        "Name what is meant: world, cluster, host, remote-node, kube-apiserver, or endpoints by their labels.",
    url: links.entities,
    validateResource: forTypes(CILIUM_POLICIES, (props, report) => {
        const rules = [props["spec"], ...((props["specs"] ?? []) as unknown[])];
        for (const rule of rules as (Record<string, Record<string, string[]>[]> | undefined)[])
            for (const section of sections)
                for (const [index, entry] of (rule?.[section] ?? []).entries())
                    if ((entry[keys[section]] ?? []).includes("all"))
                        report(
                            `${section}[${index}].${keys[section]} holds "all": every pod, every node and the internet.`,
                        );
    }),
};
