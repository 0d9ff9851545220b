import type { ManagedCluster } from "../operations/azure";
import type { StackRecord } from "../operations/stack";
import type { Target } from "../operations/target";
import { count, fail, judge, names, pass, warn, type Check, type Observed, type Outcome } from "./check";
import type { Look } from "./look";

/** What Azure says of the cluster, against what every cluster with this data plane must be and what the stack said. */
export function azureChecks(
    observed: Observed<ManagedCluster>,
    target: Pick<Target, "stack">,
    look: Look,
): Check[] {
    const { stack } = target;
    return [
        ...(stack === undefined ? [] : [existence(observed, stack, look)]),
        ...states(observed, look),
        ...dataPlane(observed, look),
        ...(stack === undefined ? [] : drift(observed, stack, look)),
        advancedNetworking(observed, stack, look),
        pools(observed, stack, look),
    ];
}

/**
 * That Azure knows no such cluster is an answer where a stack says that there is one; where somebody typed its name it is
 * as likely a slip, and stays unknown.
 */
function existence(observed: Observed<ManagedCluster>, { name, outputs }: StackRecord, look: Look): Check {
    const subject = {
        id: "azure.exists",
        title: "the cluster exists",
        expected: outputs.clusterName,
        look: look.show("id"),
    };
    if ("problem" in observed && observed.problem.status === 404)
        return {
            ...subject,
            verdict: "fail",
            found: observed.problem.what,
            advice: `somebody deleted it, or the subscription is another one: \`pulumi refresh --stack ${name} --preview-only\` shows what is left`,
        };
    return judge(subject, observed, ({ name: found }) => pass(found ?? outputs.clusterName));
}

function states(observed: Observed<ManagedCluster>, look: Look): Check[] {
    return [
        judge(
            {
                id: "azure.provisioning",
                title: "provisioning state of the cluster",
                expected: "Succeeded",
                look: look.show("provisioningState"),
            },
            observed,
            ({ provisioningState = "not told" }) => {
                if (provisioningState === "Succeeded") return pass(provisioningState);
                if (/^(Failed|Canceled)$/.test(provisioningState))
                    return fail(
                        provisioningState,
                        `see why: ${look.aks("operation show-latest")}; then repeat what failed (\`pulumi up\`, or \`az aks update\` without options to reconcile)`,
                    );
                return warn(provisioningState, "an operation is under way: verify again when it has ended");
            },
        ),
        judge(
            {
                id: "azure.power",
                title: "power state of the cluster",
                expected: "Running",
                look: look.show("powerState.code"),
            },
            observed,
            ({ powerState }) =>
                powerState?.code === "Running"
                    ? pass("Running")
                    : fail(powerState?.code ?? "not told", `start it: ${look.aks("start")}`),
        ),
    ];
}

/** R4 of the runbook: the four fields, with what each of them decides. */
const FIELDS = [
    ["networkPlugin", "azure", "network plugin"],
    ["networkPluginMode", "overlay", "network plugin mode"],
    ["networkDataplane", "cilium", "network data plane"],
    ["networkPolicy", "cilium", "network policy engine"],
] as const;

const kebab = (name: string) => name.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`);

function dataPlane(observed: Observed<ManagedCluster>, look: Look): Check[] {
    return FIELDS.map(([field, expected, title]) =>
        judge(
            {
                id: `azure.${kebab(field)}`,
                title,
                expected,
                look: look.show(`networkProfile.${field}`),
            },
            observed,
            ({ networkProfile }) => {
                const found = networkProfile?.[field];
                return same(found, expected)
                    ? pass(expected)
                    : fail(
                          found ?? "not set",
                          "this is no cluster of Azure CNI Powered by Cilium: its Cilium policies are not enforced; az aks update moves one in place where AKS can (docs/replacing.md)",
                      );
            },
        ),
    );
}

/** Azure compares the values of its enumerations ignoring case, and answers in the case that it likes. */
const same = (found: string | undefined, expected: string) => found?.toLowerCase() === expected.toLowerCase();

/** An output of the stack, and the field of Azure's that it is about. */
interface Comparison {
    readonly id: string;
    readonly title: string;
    readonly query: string;
    readonly expected: string;
    readonly of: (cluster: ManagedCluster) => string | undefined;
    /** @default the same, ignoring case */
    readonly holds?: (found: string) => boolean;
    /** @default how to bring the stack and the cluster together */
    readonly advice?: string;
}

function drift(observed: Observed<ManagedCluster>, stack: StackRecord, look: Look): Check[] {
    const { name, outputs } = stack;
    const { ranges } = outputs;
    const together = `somebody changed it outside of Pulumi: \`pulumi refresh --stack ${name} --preview-only\` shows what, \`pulumi up --stack ${name}\` puts it back`;
    const comparisons: Comparison[] = [
        {
            id: "azure.location",
            title: "region",
            query: "location",
            expected: outputs.location,
            of: ({ location }) => location,
            holds: (found) => region(found) === region(outputs.location),
        },
        {
            id: "azure.kubernetes-version",
            title: "Kubernetes version",
            query: "currentKubernetesVersion",
            expected: outputs.kubernetesVersion,
            of: ({ currentKubernetesVersion, kubernetesVersion }) =>
                currentKubernetesVersion ?? kubernetesVersion,
            holds: (found) =>
                found === outputs.kubernetesVersion || found.startsWith(`${outputs.kubernetesVersion}.`),
            advice: `the cluster was upgraded outside of Pulumi, or an upgrade has not been applied: set kubernetesVersion to what runs (AKS cannot go back), then \`pulumi up --stack ${name}\``,
        },
        {
            id: "azure.pod-cidr",
            title: "pod range",
            query: "networkProfile.podCidr",
            expected: ranges.podCidr,
            of: ({ networkProfile }) => networkProfile?.podCidr,
        },
        {
            id: "azure.service-cidr",
            title: "service range",
            query: "networkProfile.serviceCidr",
            expected: ranges.serviceCidr,
            of: ({ networkProfile }) => networkProfile?.serviceCidr,
        },
        {
            id: "azure.dns-service-ip",
            title: "DNS address",
            query: "networkProfile.dnsServiceIP",
            expected: ranges.dnsServiceIP,
            of: ({ networkProfile }) => networkProfile?.dnsServiceIP,
        },
        {
            id: "azure.outbound-type",
            title: "outbound type",
            query: "networkProfile.outboundType",
            expected: outputs.network.outboundType,
            of: ({ networkProfile }) => networkProfile?.outboundType,
        },
        {
            id: "azure.node-resource-group",
            title: "resource group of the nodes",
            query: "nodeResourceGroup",
            expected: outputs.nodeResourceGroup,
            of: ({ nodeResourceGroup }) => nodeResourceGroup,
        },
        {
            id: "azure.oidc-issuer",
            title: "OIDC issuer",
            query: "oidcIssuerProfile.issuerURL",
            expected: outputs.oidcIssuerUrl === "" ? "off" : outputs.oidcIssuerUrl,
            of: ({ oidcIssuerProfile }) =>
                oidcIssuerProfile?.enabled === true ? oidcIssuerProfile.issuerURL : "off",
            // AKS never turns an issuer off, and one that is on beyond the settings does no harm.
            holds: (found) => outputs.oidcIssuerUrl === "" || found === outputs.oidcIssuerUrl,
            advice: `workload identities of the cluster stop working: \`pulumi up --stack ${name}\` turns the issuer on; a new issuer means new federated credentials`,
        },
    ];
    return comparisons.map(({ id, title, query, expected, of, holds, advice }) =>
        judge(
            { id, title: `${title}, as in the stack`, expected, look: look.show(query) },
            observed,
            (cluster) => {
                const found = of(cluster);
                const holdsHere = found !== undefined && (holds?.(found) ?? same(found, expected));
                return holdsHere ? pass(found) : fail(found ?? "not set", advice ?? together);
            },
        ),
    );
}

/** `West Europe` and `westeurope` are one region. */
const region = (text: string) => text.replaceAll(/\s/g, "").toLowerCase();

/** The ACNS tier that a cluster has: off, observability, fqdn or l7. */
export function tierOf({ networkProfile }: ManagedCluster): string {
    const acns = networkProfile?.advancedNetworking;
    if (acns?.enabled !== true) return "off";
    switch (acns.security?.enabled === false ? "None" : acns.security?.advancedNetworkPolicies) {
        case "L7":
            return "l7";
        case "FQDN":
            return "fqdn";
        default:
            return "observability";
    }
}

function advancedNetworking(
    observed: Observed<ManagedCluster>,
    stack: StackRecord | undefined,
    look: Look,
): Check {
    const expected = stack?.outputs.network.advancedNetworking;
    return judge(
        {
            id: "azure.advanced-networking",
            title: "ACNS tier",
            expected: expected ?? "off, observability, fqdn or l7",
            look: look.show("networkProfile.advancedNetworking"),
        },
        observed,
        (cluster) => {
            const found = tierOf(cluster);
            if (expected === undefined || found === expected) return pass(found);
            return fail(
                found,
                `DNS and L7 rules are let through or refused by the tier: \`pulumi up --stack ${stack?.name ?? ""}\` sets it back in place`,
            );
        },
    );
}

function pools(observed: Observed<ManagedCluster>, stack: StackRecord | undefined, look: Look): Check {
    const wanted = stack?.pools.map(({ name }) => name) ?? [];
    return judge(
        {
            id: "azure.pools",
            title: "node pools",
            expected:
                wanted.length === 0
                    ? "each Succeeded and Running"
                    : `${wanted.join(", ")}: each Succeeded and Running`,
            look: look.show("agentPoolProfiles[].[name,provisioningState,powerState.code,count,vmSize]"),
        },
        observed,
        ({ agentPoolProfiles = [] }) => poolOutcome(agentPoolProfiles, stack, look),
    );
}

type Profile = NonNullable<ManagedCluster["agentPoolProfiles"]>[number];

function poolOutcome(profiles: readonly Profile[], stack: StackRecord | undefined, look: Look): Outcome {
    const there = profiles.map(({ name }) => name);
    const missing = (stack?.pools ?? []).filter(({ name }) => !there.includes(name)).map(({ name }) => name);
    const resized = (stack?.pools ?? []).flatMap(({ name, vmSize }) => {
        const size = profiles.find((profile) => profile.name === name)?.vmSize;
        return size === undefined || same(size, vmSize) ? [] : [`${name} has ${size}, not ${vmSize}`];
    });
    const failed = profiles.filter(({ provisioningState }) =>
        /^(Failed|Canceled)$/.test(provisioningState ?? ""),
    );
    const stopped = profiles.filter(({ powerState }) => powerState?.code === "Stopped");
    const found = [
        ...(missing.length > 0 ? [`missing: ${names(missing)}`] : []),
        ...resized,
        ...failed.map(({ name, provisioningState }) => `${name} is ${provisioningState}`),
        ...stopped.map(({ name }) => `${name} is stopped`),
    ];
    if (found.length > 0)
        return fail(
            found.join("; "),
            missing.length > 0 || resized.length > 0
                ? `\`pulumi refresh --stack ${stack?.name ?? ""} --preview-only\` shows what changed outside of Pulumi`
                : `see ${look.aks("operation show-latest")}; start a stopped pool with az aks nodepool start`,
        );
    const busy = profiles.filter(({ provisioningState }) => provisioningState !== "Succeeded");
    if (busy.length > 0)
        return warn(
            busy.map(({ name, provisioningState }) => `${name} is ${provisioningState}`).join("; "),
            "an operation is under way: verify again when it has ended",
        );
    const foreign = there.filter(
        (name) => stack !== undefined && !stack.pools.some((pool) => pool.name === name),
    );
    const nodes = profiles.reduce((sum, profile) => sum + (profile.count ?? 0), 0);
    const all = `${there.join(", ")}: ${count(nodes, "node")}`;
    return foreign.length === 0
        ? pass(all)
        : warn(
              `${all}; not of the stack: ${names(foreign)}`,
              "node auto-provisioning or somebody made them: the stack neither sizes nor upgrades them",
          );
}
