import { cnp, stream, type CodeEntry } from "./entry";

const ingress = "endpointSelector: {}\ningress:\n  - {}";
const annotated = (text: string): string =>
    cnp(
        'endpointSelector: {}\ningress:\n  - toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
    ).replace(
        "  namespace: shop\n",
        `  namespace: shop\n  annotations:\n    aks-cilium.io/ignore: "${text}"\n`,
    );

/** Files and annotations. */
export const FILE_CODES: readonly CodeEntry[] = [
    {
        code: "D01",
        title: "the same policy twice in one file",
        severity: "error",
        why: "Objects of a kind have one name in a namespace: the second replaces the first when the file is applied, and the rules of the first are gone.",
        fix: "rename one of them, or put the rules together (`specs` holds several)",
        source: "Kubernetes API conventions (names)",
        bad: { yaml: stream(cnp(ingress, "deny"), cnp(ingress, "deny")) },
        good: { yaml: stream(cnp(ingress, "deny"), cnp(ingress, "deny-too")) },
    },
    {
        code: "X01",
        title: "a finding ignored without a reason",
        severity: "error",
        why: "An annotation without a reason ignores nothing: the next reader must know why the finding is fine here.",
        fix: 'write `aks-cilium.io/ignore: "L38: public web front"`; several are separated by `;` or line breaks',
        source: "aks-cilium docs/check.md",
        bad: { yaml: annotated("L38") },
        good: { yaml: annotated("L38: public web front") },
    },
    {
        code: "X02",
        title: "an annotation that ignores what does not occur",
        severity: "warning",
        why: "What it was for is gone. Left in place it would hide the same mistake when it comes back.",
        fix: "remove the code from the annotation",
        source: "aks-cilium docs/check.md",
        bad: { yaml: annotated("L38: public web front; L40: no metadata here") },
        good: { yaml: annotated("L38: public web front") },
    },
    {
        code: "X03",
        title: "an annotation with a code that does not exist",
        severity: "error",
        why: "Nothing is ignored by it.",
        fix: "`aks-cilium check --explain CODE` tells what a code means; docs/check.md lists them all",
        source: "aks-cilium docs/check.md",
        bad: { yaml: annotated("L99: public web front") },
        good: { yaml: annotated("L38: public web front") },
    },
    {
        code: "X04",
        title: "a tier annotation with a word that is no tier",
        severity: "error",
        why: "The annotation says for which tiers of Advanced Container Networking Services a manifest is meant. A misspelt one would silently leave it out, or let it in.",
        fix: "write tiers separated by commas: off, observability, fqdn, l7",
        source: "aks-cilium docs/check.md",
        bad: {
            yaml: cnp(ingress).replace(
                "  namespace: shop\n",
                '  namespace: shop\n  annotations:\n    aks-cilium.io/advanced-networking: "fqdns"\n',
            ),
        },
        good: {
            yaml: cnp(ingress).replace(
                "  namespace: shop\n",
                '  namespace: shop\n  annotations:\n    aks-cilium.io/advanced-networking: "off, observability"\n',
            ),
        },
    },
];
