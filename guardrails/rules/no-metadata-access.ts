import type { StackValidationPolicy } from "@pulumi/policy";
import { buildReachability, isPolicyKind, isSystemNamespace, readWorkloads } from "../../cilium/index";
import { stackObjects } from "../cluster-model";
import { links } from "../resources";

/** Azure's instance metadata service: whoever reaches it can ask for tokens of the node's identity. */
const METADATA = "169.254.169.254";

/** Reachability decides, not the text of one rule: another policy may deny what this one allows. */
export const noMetadataAccess: StackValidationPolicy = {
    name: "no-metadata-access",
    description: `No workload of the stack reaches the instance metadata service at ${METADATA}.`,
    severity: "high",
    remediationSteps: `Add a CiliumClusterwideNetworkPolicy with egressDeny toCIDR ${METADATA}/32 and enableDefaultDeny false (see policies/clusterwide/).`,
    url: links.practices,
    validateStack: (args, report) => {
        const { objects, cluster, settle } = stackObjects(args.resources);
        const { endpoints, services } = readWorkloads(objects.map(({ document }) => document));
        const documents = objects.map(({ document }) => document).filter(({ kind }) => isPolicyKind(kind));
        const model = buildReachability({
            documents,
            endpoints,
            services,
            cluster,
            minor: cluster.cilium[0] ?? "1.18",
        });
        for (const endpoint of endpoints) {
            if (endpoint.hostNetwork || isSystemNamespace(endpoint.namespace ?? "")) continue;
            const { egress } = model.query({ endpoint: endpoint.id }, { address: METADATA }, "TCP", 80);
            const urn = objects.find(({ document }) => document === endpoint.document)?.urn;
            if (egress === "allow" || egress === "redirect")
                report(`${endpoint.id} reaches ${METADATA}:80.`, urn);
        }
        settle();
    },
};
