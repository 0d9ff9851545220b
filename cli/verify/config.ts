import { fail, judge, names, pass, warn, type Check, type Outcome } from "./check";
import type { ClusterFacts, Expectations } from "./cluster-facts";
import type { Look } from "./look";

type Config = Readonly<Record<string, string>>;

/** A key of `cilium-config`, and what it must be (aks.md 1.4, 7.1). */
interface Key {
    readonly key: string;
    readonly value: string;
    /** Cilium's own default where the key is absent. */
    readonly absent?: string;
    readonly why: string;
}

/** Without these the data plane is another one. */
const INVARIANTS: readonly Key[] = [
    { key: "kube-proxy-replacement", value: "true", why: "Services are Cilium's work" },
    { key: "ipam", value: "delegated-plugin", why: "addresses come from Azure" },
    { key: "routing-mode", value: "native", why: "overlay traffic is routed by Azure" },
    {
        key: "enable-policy",
        value: "default",
        absent: "default",
        why: "policies decide where one selects a pod",
    },
];

/** What `aks-cilium check` and `reach` take for granted on AKS; another value makes their answers wrong. */
const ASSUMED: readonly Key[] = [
    { key: "enable-host-firewall", value: "false", absent: "false", why: "host policies are not enforced" },
    {
        key: "enable-node-selector-labels",
        value: "false",
        absent: "false",
        why: "fromNodes and toNodes do nothing",
    },
    { key: "enable-sctp", value: "false", absent: "false", why: "SCTP rules do nothing" },
    { key: "mesh-auth-enabled", value: "false", absent: "true", why: "authentication rules do nothing" },
    { key: "policy-cidr-match-mode", value: "", absent: "", why: "CIDR rules match neither pods nor nodes" },
    {
        key: "enable-non-default-deny-policies",
        value: "true",
        absent: "true",
        why: "enableDefaultDeny works",
    },
];

/** The agents' settings. AKS allows nothing but label exclusion to be changed (aks.md 1.5). */
export function configChecks({ config }: ClusterFacts, { tier }: Expectations, look: Look): Check[] {
    const subject = (id: string, title: string, expected: string) => ({
        id,
        title,
        expected,
        look: look.kubectl("get cm cilium-config -n kube-system -o yaml"),
    });
    const settled =
        (decide: (config: Config) => Outcome) =>
        (data: Config | undefined): Outcome =>
            data === undefined
                ? fail(
                      "there is no ConfigMap cilium-config in kube-system",
                      "AKS makes it: see the checks of the agents",
                  )
                : decide(data);
    return [
        judge(
            subject("config.dataplane", "settings of the data plane", INVARIANTS.map(text).join(", ")),
            config,
            settled((data) => {
                const off = deviations(data, INVARIANTS);
                return off.length === 0
                    ? pass("as expected")
                    : fail(
                          off.join("; "),
                          "AKS supports no change of these: take it back, or reconcile with `az aks update` without options; the agents read it when they start (`aks-cilium restart cilium`)",
                      );
            }),
        ),
        judge(
            subject("config.tier", "settings of the ACNS tier", tierText(tier)),
            config,
            settled((data) => tierOutcome(data, tier)),
        ),
        judge(
            subject(
                "config.assumed",
                "settings that policy checks rely on",
                ASSUMED.filter(({ value }) => value !== "")
                    .map(text)
                    .join(", "),
            ),
            config,
            settled((data) => {
                const off = deviations(data, ASSUMED);
                return off.length === 0
                    ? pass("as expected")
                    : warn(
                          off.join("; "),
                          "`aks-cilium check` and `reach` answer for AKS's settings: do not rely on them for such rules here",
                      );
            }),
        ),
    ];
}

const text = ({ key, value }: Key) => `${key}=${value}`;

function deviations(config: Config, keys: readonly Key[]): string[] {
    return keys.flatMap(({ key, value, absent, why }) => {
        const found = config[key] ?? absent;
        if (found === value) return [];
        return [
            `${key} is ${found === undefined ? "not set" : JSON.stringify(found)} (${why} with ${JSON.stringify(value)})`,
        ];
    });
}

const namesRules = (tier: string) => tier === "fqdn" || tier === "l7";

function tierText(tier: string | undefined): string {
    if (tier === undefined) return "the keys of the cluster's tier";
    return `enable-l7-proxy=${namesRules(tier)}, enable-hubble=${tier !== "off"} (tier ${tier})`;
}

function tierOutcome(config: Config, tier: string | undefined): Outcome {
    const proxy = config["enable-l7-proxy"] ?? "not set";
    const hubble = config["enable-hubble"] ?? "not set";
    const found = `enable-l7-proxy=${proxy}, enable-hubble=${hubble}`;
    if (tier === undefined)
        return {
            verdict: "unknown",
            found,
            advice: "neither Azure nor the stack says which tier the cluster has",
        };
    if (namesRules(tier) && proxy !== "true")
        return fail(
            found,
            "DNS and L7 rules do nothing without the proxy: repeat the update of the tier (az aks update --enable-acns …), then `aks-cilium restart cilium`",
        );
    const odd = [
        ...(!namesRules(tier) && proxy === "true" ? [`the proxy is on, the tier is ${tier}`] : []),
        ...((tier !== "off") !== (hubble === "true") ? [`Hubble is ${hubble}, the tier is ${tier}`] : []),
    ];
    return odd.length === 0
        ? pass(found)
        : warn(
              `${found}: ${names(odd)}`,
              "an update of the tier may be under way: verify again when it has ended",
          );
}
