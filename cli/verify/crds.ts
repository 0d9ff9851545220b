import { fail, judge, names, pass, warn, type Check } from "./check";
import type { ClusterFacts } from "./cluster-facts";
import type { Look } from "./look";

/** The resources that every AKS cluster with Cilium has, and their short names (aks.md 7.4; runbook R9). */
export const REQUIRED_CRDS = {
    ciliumnetworkpolicies: ["cnp", "ciliumnp"],
    ciliumclusterwidenetworkpolicies: ["ccnp"],
    ciliumendpoints: ["cep", "ciliumep"],
    ciliumidentities: ["ciliumid"],
    ciliumnodes: ["cn", "ciliumn"],
} as const;

/** Names of the CRD objects. */
export const REQUIRED_CRD_NAMES = Object.keys(REQUIRED_CRDS).map((plural) => `${plural}.cilium.io`);

/** R9: the resource types, and AKS's admission policy over them. */
export function crdChecks(facts: ClusterFacts, look: Look): Check[] {
    return [
        judge(
            {
                id: "crds.established",
                title: "Cilium's CRDs are established",
                expected: `${REQUIRED_CRD_NAMES.length} CRDs of cilium.io, v2, Established`,
                look: look.kubectl(`get crd ${REQUIRED_CRD_NAMES.join(" ")}`),
            },
            facts.crds,
            (crds) => {
                const absent = REQUIRED_CRD_NAMES.filter((name) => crds[name] === undefined);
                const broken = REQUIRED_CRD_NAMES.flatMap((name) => {
                    const crd = crds[name];
                    if (crd === undefined) return [];
                    const established = crd.status.conditions?.some(
                        ({ type, status }) => type === "Established" && status === "True",
                    );
                    if (established !== true) return [`${name} is not established`];
                    const v2 = crd.spec.versions.some(
                        ({ name: version, served }) => version === "v2" && served,
                    );
                    return v2 ? [] : [`${name} does not serve v2`];
                });
                const found = [...(absent.length > 0 ? [`missing: ${names(absent)}`] : []), ...broken];
                return found.length === 0
                    ? pass(`all ${REQUIRED_CRD_NAMES.length}`)
                    : fail(
                          found.join("; "),
                          `the operator makes them when it starts, and with a CRD its objects went too: restart it (\`aks-cilium restart operator\`, or ${look.kubectl("rollout restart deploy cilium-operator -n kube-system")}), then \`pulumi up --refresh\` brings the policies back`,
                      );
            },
        ),
        judge(
            {
                id: "crds.resources",
                title: "resources of cilium.io are served",
                expected: Object.entries(REQUIRED_CRDS)
                    .map(([plural, [short]]) => `${plural} (${short})`)
                    .join(", "),
                look: look.kubectl("api-resources --api-group=cilium.io"),
            },
            facts.resources,
            (resources) => {
                const served = new Map(resources.map(({ name, shortNames = [] }) => [name, shortNames]));
                const absent = Object.keys(REQUIRED_CRDS).filter((plural) => !served.has(plural));
                if (absent.length > 0)
                    return fail(
                        `not served: ${names(absent)}`,
                        "see the check of the CRDs; a CRD that is there is served within seconds",
                    );
                const unnamed = Object.entries(REQUIRED_CRDS).filter(
                    ([plural, [short]]) => served.get(plural)?.includes(short) !== true,
                );
                return unnamed.length === 0
                    ? pass(`all, with short names`)
                    : warn(
                          `without short name: ${names(unnamed.map(([plural, [short]]) => `${plural} (${short})`))}`,
                          "two CRDs may claim one short name: use the whole name",
                      );
            },
        ),
        judge(
            {
                id: "admission.policy",
                title: "AKS's admission policy for DNS and L7 rules",
                expected: "advanced-networking-validating-policy with its binding",
                look: look.kubectl(
                    "get validatingadmissionpolicy,validatingadmissionpolicybinding -o name | grep advanced-networking",
                ),
            },
            facts.admission,
            ({ policy, binding }) =>
                policy && binding
                    ? pass("both there")
                    : warn(
                          policy ? "the binding is missing" : "not there",
                          "rules that the ACNS tier does not cover are not refused at apply but simply do nothing: let `aks-cilium check` find them",
                      ),
        ),
    ];
}
