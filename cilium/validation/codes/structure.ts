import { cnp, type CodeEntry } from "./entry";

const REFUSED = "The API server refuses the object; nothing is stored.";
const CRD = "Cilium CustomResourceDefinitions, pkg/k8s/apis/cilium.io/client/crds/v2";
const good = cnp(
    'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
);

/** The shape of an object, as the API server checks it. */
export const STRUCTURE_CODES: readonly CodeEntry[] = [
    {
        code: "L02",
        title: "a key that the API server drops",
        severity: "error",
        why: "An object is stored without the keys its schema does not know, and without a word. A misspelt peer is then no peer: what is left of the rule may be open to everyone.",
        fix: "write the key as the schema has it",
        source: `${CRD}; recorded cases s1.9-*`,
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoint:\n      - matchLabels:\n          app: front\n    toPorts:\n      - ports:\n          - port: "8080"\n            protocol: TCP',
            ),
        },
        good: { yaml: good },
    },
    {
        code: "S01",
        title: "a value of the wrong type",
        severity: "error",
        why: REFUSED,
        fix: "write a value of the type that is named: text in quotes, a list with `- `, a mapping, a number, true or false",
        source: CRD,
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  fromEndpoints:\n    - {}") },
        good: { yaml: good },
    },
    {
        code: "S02",
        title: "a required key is missing",
        severity: "error",
        why: REFUSED,
        fix: "write the key",
        source: CRD,
        bad: {
            yaml: cnp(
                "endpointSelector: {}\negress:\n  - toEndpoints:\n      - matchExpressions:\n          - key: app\n            values:\n              - front",
            ),
        },
        good: {
            yaml: good,
        },
    },
    {
        code: "S03",
        title: "a value that is not one of those Cilium knows",
        severity: "error",
        why: REFUSED,
        fix: "write one of the values that are named, in the same case",
        source: CRD,
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromEntities:\n      - World") },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromEntities:\n      - world") },
    },
    {
        code: "S04",
        title: "text of the wrong form",
        severity: "error",
        why: REFUSED,
        fix: "write the value in the form that is named, e.g. 10.1.2.3/32 for one address",
        source: CRD,
        bad: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 203.0.113.7") },
        good: { yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDR:\n      - 203.0.113.7/32") },
    },
    {
        code: "S05",
        title: "too long, too short, too many or too large",
        severity: "error",
        why: REFUSED,
        fix: "keep to the limit that is named; split what is too long into several rules",
        source: CRD,
        bad: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8000"\n            endPort: 70000\n            protocol: TCP',
            ),
        },
        good: {
            yaml: cnp(
                'endpointSelector: {}\ningress:\n  - fromEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "8000"\n            endPort: 9000\n            protocol: TCP',
            ),
        },
    },
    {
        code: "S06",
        title: "none or several of keys that exclude each other",
        severity: "error",
        why: REFUSED,
        fix: "write exactly one of the keys that are named; for more than one write an entry each",
        source: CRD,
        bad: {
            yaml: cnp(
                "endpointSelector: {}\ningress:\n  - fromCIDRSet:\n      - except:\n          - 10.0.0.0/8",
            ),
        },
        good: {
            yaml: cnp("endpointSelector: {}\ningress:\n  - fromCIDRSet:\n      - cidr: 203.0.113.0/24"),
        },
    },
    {
        code: "S07",
        title: "an item that stands in the list twice",
        severity: "error",
        since: "1.18",
        why: REFUSED,
        fix: "remove the repetition",
        source: `${CRD} (serverNames is a set since 1.18)`,
        bad: {
            cluster: { advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP\n        serverNames:\n          - api.example.com\n          - api.example.com',
            ),
        },
        good: {
            cluster: { advancedNetworking: "l7" },
            yaml: cnp(
                'endpointSelector: {}\negress:\n  - toEndpoints:\n      - {}\n    toPorts:\n      - ports:\n          - port: "443"\n            protocol: TCP\n        serverNames:\n          - api.example.com',
            ),
        },
    },
    {
        code: "S08",
        title: "a name that Kubernetes does not accept",
        severity: "error",
        why: "A name is a DNS subdomain, a namespace a DNS label: lower-case letters, digits and dashes, a letter or digit at both ends. The API server refuses others.",
        fix: "rename the object",
        source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names",
        bad: { yaml: good.replace("name: example", "name: Front_End") },
        good: { yaml: good.replace("name: example", "name: front-end") },
    },
];
