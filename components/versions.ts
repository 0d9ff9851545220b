import { AKS_CILIUM_VERSIONS, aksCiliumVersion, type AksCiliumVersion } from "../cilium/model/versions";
import { refusal, remark, type SettingProblem } from "./setting-problem";

/** What hangs on the Kubernetes version. */
export interface VersionPlan {
    readonly kubernetesVersion: string;
    readonly tier: string;
    readonly longTermSupport: boolean;
    readonly advancedNetworking: string;
    readonly upgradeChannel: string;
    readonly nodeOsUpgradeChannel: string;
    readonly upgradeWindow?: object | undefined;
    readonly nodeOsWindow?: object | undefined;
}

/** Least Kubernetes minor by ACNS tier (azure-cni-powered-by-cilium.md, feature table). */
const TIER_NEEDS: Readonly<Record<string, number>> = { fqdn: 29, l7: 29 };

/** Minors that AKS serves with long-term support only since July 2026 (Azure/AKS CHANGELOG 2026-07-17). */
const LONG_TERM_ONLY = ["1.31", "1.32", "1.33"];

/** The minor of `1.35`, as a number. */
function minorOf(version: string): number | undefined {
    const match = /^1\.(\d+)$/.exec(version);
    return match === null ? undefined : Number(match[1]);
}

/**
 * The row that policies are checked for: the cluster's own, or the newest known for a minor that came out later.
 */
export function ciliumVersionFor(kubernetesVersion: string): AksCiliumVersion {
    return aksCiliumVersion(kubernetesVersion) ?? AKS_CILIUM_VERSIONS[AKS_CILIUM_VERSIONS.length - 1]!;
}

/** Everything that is wrong with versions and channels, VER01 to VER06. */
export function versionProblems(plan: VersionPlan): SettingProblem[] {
    return [...kubernetes(plan), ...acns(plan), ...support(plan), ...channels(plan)];
}

function kubernetes({ kubernetesVersion: version }: VersionPlan): SettingProblem[] {
    const known = AKS_CILIUM_VERSIONS.map((row) => row.kubernetes);
    const minor = minorOf(version);
    const setting = "kubernetesVersion";
    if (minor === undefined) {
        const patch = /^v?(1\.\d+)\.\d+$/.exec(version)?.[1];
        const rule = 'must be major.minor in quotes, e.g. "1.35": AKS moves the patch by itself';
        return [
            refusal(
                "VER01",
                setting,
                version,
                rule,
                patch === undefined ? `one of ${known.join(", ")}` : patch,
            ),
        ];
    }
    if (known.includes(version)) return [];
    const newest = known[known.length - 1]!;
    if (minor > minorOf(newest)!) {
        const rule = `is newer than what this release knows (${newest}): policies are checked for Cilium ${ciliumVersionFor(version).ciliumMinors.join(", ")}`;
        return [remark("VER02", setting, version, rule, "update this project when it knows the version")];
    }
    const hint = minor < 10 ? `; unquoted, 1.30 is read as the number ${version}` : "";
    const rule = `AKS does not run this minor with Cilium any more${hint}`;
    return [refusal("VER02", setting, version, rule, `one of ${known.join(", ")}`)];
}

function acns({ kubernetesVersion, advancedNetworking }: VersionPlan): SettingProblem[] {
    const needs = TIER_NEEDS[advancedNetworking];
    const minor = minorOf(kubernetesVersion);
    if (needs === undefined || minor === undefined || minor >= needs) return [];
    const rule = `needs Kubernetes 1.${needs} or newer; the cluster has ${kubernetesVersion}`;
    return [
        refusal("VER03", "advancedNetworking", advancedNetworking, rule, "upgrade first, or take tier off"),
    ];
}

function support({ kubernetesVersion, tier, longTermSupport }: VersionPlan): SettingProblem[] {
    if (longTermSupport && tier !== "premium")
        return [
            refusal(
                "VER04",
                "longTermSupport",
                true,
                `is part of tier premium; the cluster has ${tier}`,
                "tier: premium",
            ),
        ];
    if (longTermSupport || !LONG_TERM_ONLY.includes(kubernetesVersion)) return [];
    const rule = "is served with long-term support only";
    return [
        refusal(
            "VER04",
            "kubernetesVersion",
            kubernetesVersion,
            rule,
            "1.34 or newer, or longTermSupport: true with tier: premium",
        ),
    ];
}

function channels(plan: VersionPlan): SettingProblem[] {
    const problems: SettingProblem[] = [];
    if (plan.upgradeChannel === "stable" || plan.upgradeChannel === "rapid") {
        const rule = `moves the minor by itself, and kubernetesVersion ${plan.kubernetesVersion} would move it back: each up would fail or fight`;
        problems.push(
            refusal(
                "VER05",
                "upgradeChannel",
                plan.upgradeChannel,
                rule,
                "patch (the minor stays the setting's), node-image or none",
            ),
        );
    }
    if (plan.upgradeWindow !== undefined && plan.upgradeChannel === "none")
        problems.push(
            remark(
                "VER06",
                "upgradeWindow",
                plan.upgradeWindow,
                "has no effect: upgradeChannel is none",
                "upgradeChannel: patch, or remove the window",
            ),
        );
    if (plan.nodeOsWindow !== undefined && plan.nodeOsUpgradeChannel === "None")
        problems.push(
            remark(
                "VER06",
                "nodeOsWindow",
                plan.nodeOsWindow,
                "has no effect: nodeOsUpgradeChannel is None",
                "nodeOsUpgradeChannel: NodeImage, or remove the window",
            ),
        );
    return problems;
}
