import { aksCiliumVersion } from "../../cilium";
import { fail, names, pass, warn, type Outcome } from "./check";

/** Numbers of a Cilium version: `1.18.11` of `v1.18.11-260622`. */
type Release = readonly [number, number, number];

/**
 * The version in an image's tag.
 * @param image `mcr.microsoft.com/…/cilium:v1.18.11-260622`, also with a digest
 * @returns undefined where the tag is none, e.g. a digest alone
 */
export function releaseOf(image: string): Release | undefined {
    const tag = /:([^:/@]+)(@sha256:[0-9a-f]+)?$/.exec(image)?.[1] ?? "";
    const [, major, minor, patch] = /^v?(\d+)\.(\d+)\.(\d+)(?:[-+].*)?$/.exec(tag) ?? [];
    if (major === undefined || minor === undefined || patch === undefined) return undefined;
    return [Number(major), Number(minor), Number(patch)];
}

function isBefore(a: Release, b: Release): boolean {
    const at = a.findIndex((number, index) => number !== b[index]);
    return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

/** `cilium 1.18.6 or newer`: what AKS documents for a Kubernetes version; a floor, clusters run newer (aks.md 1.1). */
export function expectedRelease(kubernetes: string | undefined): string {
    const minimum = kubernetes === undefined ? undefined : aksCiliumVersion(kubernetes)?.minimumCilium;
    return minimum === undefined
        ? "a version that AKS runs"
        : `${minimum} or newer (AKS's minimum for Kubernetes ${kubernetes})`;
}

/** Whether images are at least what AKS documents for the cluster's Kubernetes. */
export function releaseOutcome(images: readonly string[], kubernetes: string | undefined): Outcome {
    const distinct = [...new Set(images)].sort();
    const releases = distinct.map((image) => ({ image, release: releaseOf(image) }));
    const shown = names(releases.map(({ image, release }) => release?.join(".") ?? image));
    const unreadable = releases.filter(({ release }) => release === undefined);
    if (unreadable.length > 0)
        return {
            verdict: "unknown",
            found: shown,
            advice: "the image's tag is no version: ask the agent itself (cilium-dbg version)",
        };
    const row = kubernetes === undefined ? undefined : aksCiliumVersion(kubernetes);
    if (row === undefined)
        return warn(
            shown,
            `this aks-cilium does not know Kubernetes ${kubernetes ?? "of the cluster"}: use a newer one`,
        );
    const minimum = row.minimumCilium.split(".").map(Number) as unknown as Release;
    const old = releases.filter(({ release }) => release !== undefined && isBefore(release, minimum));
    if (old.length > 0)
        return fail(
            shown,
            "AKS brings the agents with its own releases: wait for the release that is under way, upgrade the cluster, or open a support request",
        );
    return distinct.length > 1
        ? warn(shown, "an update by AKS is under way: verify again when it has ended")
        : pass(shown);
}
