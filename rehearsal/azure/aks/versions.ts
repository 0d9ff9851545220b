/** Kubernetes versions that AKS offers (aks.md 1.1: AKS calendar and changelog up to 2026-08). */

/** One minor: the patch that `major.minor` means, and whether it needs Long-Term Support. */
interface Minor {
    minor: number;
    /**
     * The patch that this stand-in runs. The facts name minors, not patches; those of 1.34 to 1.36 are releases of
     * Kubernetes, so that images and version checks find something that exists.
     */
    patch: string;
    ltsOnly: boolean;
}

const MINORS: Minor[] = [
    { minor: 31, patch: "1.31.13", ltsOnly: true },
    { minor: 32, patch: "1.32.9", ltsOnly: true },
    { minor: 33, patch: "1.33.5", ltsOnly: true },
    { minor: 34, patch: "1.34.4", ltsOnly: false },
    { minor: 35, patch: "1.35.4", ltsOnly: false },
    { minor: 36, patch: "1.36.3", ltsOnly: false },
];

/** The default: latest minor minus one (aks.md 1.1). */
export const DEFAULT_VERSION = "1.35";

/** The minor of a version, NaN for text that is none. */
export function minorOf(version: string): number {
    const match = /^1\.(\d+)(?:\.\d+)?$/.exec(version);
    return match === null ? Number.NaN : Number(match[1]);
}

/** The full version behind `major.minor` or a full version; undefined when AKS does not offer it. */
export function resolveVersion(version: string, lts: boolean): string | undefined {
    const found = MINORS.find(({ minor, ltsOnly }) => minor === minorOf(version) && (lts || !ltsOnly));
    if (found === undefined) return undefined;
    return version.split(".").length === 3 ? version : found.patch;
}

/** What is offered, for `az aks get-versions` and for refusals. */
export function offered(lts: boolean): string[] {
    return MINORS.filter(({ ltsOnly }) => lts || !ltsOnly).map(({ patch }) => patch);
}

/** Where a cluster can go: one minor up. */
export function upgradesOf(version: string, lts: boolean): string[] {
    return MINORS.filter(({ minor, ltsOnly }) => minor === minorOf(version) + 1 && (lts || !ltsOnly)).map(
        ({ patch }) => patch,
    );
}

/** The rows of `…/locations/{location}/kubernetesVersions`. */
export const versionRows = MINORS.map(({ minor, patch, ltsOnly }) => ({
    version: `1.${minor}`,
    isDefault: `1.${minor}` === DEFAULT_VERSION,
    isPreview: false,
    capabilities: {
        supportPlan: ltsOnly ? ["AKSLongTermSupport"] : ["KubernetesOfficial", "AKSLongTermSupport"],
    },
    patchVersions: {
        [patch]: {
            upgrades: MINORS.filter((other) => other.minor === minor + 1).map((other) => other.patch),
        },
    },
}));
