import type { StackValidationPolicy } from "@pulumi/policy";
import { links } from "../resources";
import { stackModel } from "../stack-model";

/** Azure's instance metadata service: whoever reaches it can ask for tokens of the node's identity. */
const METADATA = "169.254.169.254";

/** Reachability decides, not the text of one rule: another policy may deny what this one allows. */
export const noMetadataAccess: StackValidationPolicy = {
    name: "no-metadata-access",
    description: `No workload of the stack may reach the instance metadata service at ${METADATA}.`,
    severity: "high",
    remediationSteps: `Add a CiliumClusterwideNetworkPolicy with egressDeny toCIDR ${METADATA}/32 and enableDefaultDeny false (see policies/clusterwide/).`,
    url: links.practices,
    validateStack: (args, report) => {
        const { model, settlePolicies, settle } = stackModel(args.resources);
        settlePolicies();
        for (const { id, document } of model?.workloads() ?? []) {
            const egress = model
                ?.reachability()
                .query({ endpoint: id }, { address: METADATA }, "TCP", 80).egress;
            if (egress === "allow" || egress === "redirect")
                report(`${id} reaches ${METADATA}:80.`, document?.file);
        }
        settle();
    },
};
