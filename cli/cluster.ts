import {
    ADVANCED_NETWORKING,
    AKS_CILIUM_VERSIONS,
    CILIUM_MINORS,
    DEFAULT_KUBERNETES,
    aksCiliumVersion,
    type AdvancedNetworking,
    type CiliumMinor,
    type ClusterFacts,
} from "../cilium";
import { UsageError } from "./exit";
import { stackFacts } from "./stack";

/** The options that say which cluster the policies are for. */
export interface ClusterOptions {
    /** `--kubernetes 1.35` */
    readonly kubernetes?: string | undefined;
    /** `--cilium 1.18` */
    readonly cilium?: string | undefined;
    /** `--stack dev`: the settings of Pulumi.dev.yaml */
    readonly stack?: string | undefined;
    /** `--advanced-networking fqdn` */
    readonly advancedNetworking?: string | undefined;
}

/**
 * What is known of the cluster: from a stack's settings, else from the versions given, else AKS's default.
 * An option beside `--stack` wins over the stack's own value, to try an upgrade.
 * @param folder where Pulumi.yaml is looked for
 * @throws UsageError for a version that AKS does not run with Cilium, an unknown tier, or options that exclude each other
 */
export function clusterFacts(options: ClusterOptions, folder: string = process.cwd()): ClusterFacts {
    if (options.kubernetes !== undefined && options.cilium !== undefined) {
        throw new UsageError(
            "--kubernetes and --cilium: give one of them; the Cilium minor follows from the Kubernetes version",
        );
    }
    const stack = options.stack === undefined ? {} : stackFacts(options.stack, folder);
    const advancedNetworking = tier(options.advancedNetworking) ?? stack.advancedNetworking ?? "off";
    if (options.cilium !== undefined) {
        return { ...stack, kubernetes: undefined, cilium: [ciliumMinor(options.cilium)], advancedNetworking };
    }
    const row = versionRow(options.kubernetes ?? stack.kubernetes ?? DEFAULT_KUBERNETES);
    return { ...stack, kubernetes: row.kubernetes, cilium: row.ciliumMinors, advancedNetworking };
}

function versionRow(kubernetes: string) {
    const row = aksCiliumVersion(kubernetes);
    if (row !== undefined) return row;
    const known = AKS_CILIUM_VERSIONS.map((each) => each.kubernetes).join(", ");
    throw new UsageError(
        `Kubernetes ${kubernetes}: not a version that AKS runs with Cilium and that is modelled here; known are ${known}`,
    );
}

function ciliumMinor(text: string): CiliumMinor {
    const minor = /^v?(\d+\.\d+)(\.\d+)?$/.exec(text)?.[1];
    const known = CILIUM_MINORS.find((each) => each === minor);
    if (known !== undefined) return known;
    throw new UsageError(`--cilium ${text}: not a modelled minor; known are ${CILIUM_MINORS.join(", ")}`);
}

function tier(text: string | undefined): AdvancedNetworking | undefined {
    if (text === undefined) return undefined;
    const known = ADVANCED_NETWORKING.find((each) => each === text);
    if (known !== undefined) return known;
    throw new UsageError(
        `--advanced-networking ${text}: unknown tier; one of ${ADVANCED_NETWORKING.join(", ")}, each including the ones before it`,
    );
}
