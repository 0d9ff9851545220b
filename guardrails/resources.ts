import type { ReportViolation, ResourceValidationArgs, ResourceValidationPolicy } from "@pulumi/policy";
import { remember } from "./kubernetes-objects";

/** Type tokens the rules look at. */
export const MANAGED_CLUSTER = "azure-native:containerservice:ManagedCluster";
export const AGENT_POOL = "azure-native:containerservice:AgentPool";
export const RESOURCE_GROUP = "azure-native:resources:ResourceGroup";
export const STACK = "pulumi:pulumi:Stack";
export const CILIUM_POLICIES = [
    "kubernetes:cilium.io/v2:CiliumNetworkPolicy",
    "kubernetes:cilium.io/v2:CiliumClusterwideNetworkPolicy",
];
export const NETWORK_POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy";

const DOCS = "https://learn.microsoft.com/azure/aks";
/** Documents the rules point to. */
export const links = {
    cilium: `${DOCS}/azure-cni-powered-by-cilium`,
    localAccounts: `${DOCS}/manage-local-accounts-managed-azure-ad`,
    authorizedRanges: `${DOCS}/api-server-authorized-ip-ranges`,
    systemPools: `${DOCS}/use-system-pools`,
    autoUpgrade: `${DOCS}/auto-upgrade-cluster`,
    oidc: `${DOCS}/use-oidc-issuer`,
    practices: `${DOCS}/network-policy-best-practices`,
    protect: "https://www.pulumi.com/docs/iac/concepts/resources/options/protect/",
    entities: "https://docs.cilium.io/en/stable/security/policy/language/#entities-based",
} as const;

/** Which stacks count as production, for rules that hold only there. */
export interface ProductionConfig {
    /** Stack names, exactly as in `pulumi stack ls`. @default ["prod"] */
    readonly productionStacks: string[];
}
export const productionConfig = {
    properties: {
        productionStacks: { type: "array" as const, items: { type: "string" as const }, default: ["prod"] },
    },
};

/** The stack's name in a URN (`urn:pulumi:STACK::PROJECT::TYPE::NAME`). */
export function stackOf(urn: string): string {
    return urn.split("::")[0]?.replace(/^urn:pulumi:/, "") ?? "";
}

/** True when `urn` belongs to a production stack. A pack run without configuration uses the default. */
export function isProduction(urn: string, config: Partial<ProductionConfig>): boolean {
    return (config.productionStacks ?? ["prod"]).includes(stackOf(urn));
}

type Check = (
    props: ResourceValidationArgs["props"],
    report: ReportViolation,
    args: ResourceValidationArgs,
) => void;

/** A resource rule for some types; others are passed over, Kubernetes objects remembered for the rules over the stack. */
export function forTypes(
    types: readonly string[],
    check: Check,
): ResourceValidationPolicy["validateResource"] {
    return (args, report) => {
        remember(args);
        if (types.includes(args.type)) check(args.props, report, args);
    };
}

/** The same, in production stacks only. The rule's `configSchema` must be {@link productionConfig}. */
export function inProduction(
    types: readonly string[],
    check: Check,
): ResourceValidationPolicy["validateResource"] {
    return forTypes(types, (props, report, args) => {
        if (isProduction(args.urn, args.getConfig<Partial<ProductionConfig>>())) check(props, report, args);
    });
}
