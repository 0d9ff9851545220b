import { knp, type CodeEntry } from "./entry";

const REFUSED = "The API server refuses the object; nothing is stored.";
const SOURCE = "Kubernetes pkg/apis/networking/validation (ValidateNetworkPolicy)";
const ingress = (rule: string): string =>
    knp(`podSelector: {}\npolicyTypes:\n  - Ingress\ningress:\n  - ${rule.replaceAll("\n", "\n    ")}`);
const port = (fields: string): string =>
    ingress(`from:\n  - podSelector: {}\nports:\n  - ${fields.replaceAll("\n", "\n    ")}`);
const peer = (fields: string): string => ingress(`from:\n  - ${fields.replaceAll("\n", "\n    ")}`);

/** The API server's own rules for a NetworkPolicy. */
export const KUBERNETES_CODES: readonly CodeEntry[] = [
    {
        code: "K01",
        title: "policyTypes other than Ingress and Egress",
        severity: "error",
        why: REFUSED,
        fix: "write Ingress, Egress, or both",
        source: SOURCE,
        bad: { yaml: knp("podSelector: {}\npolicyTypes:\n  - Inbound") },
        good: { yaml: knp("podSelector: {}\npolicyTypes:\n  - Ingress") },
    },
    {
        code: "K02",
        title: "a protocol that NetworkPolicy does not know",
        severity: "error",
        why: REFUSED,
        fix: "write TCP, UDP or SCTP, in upper case",
        source: SOURCE,
        bad: { yaml: port("port: 8080\nprotocol: tcp") },
        good: { yaml: port("port: 8080\nprotocol: TCP") },
    },
    {
        code: "K03",
        title: "a port that is no port",
        severity: "error",
        why: `${REFUSED} In a NetworkPolicy a number is written without quotes; text is a port's name.`,
        fix: "write a number from 1 to 65535, or the name of a container port",
        source: SOURCE,
        bad: { yaml: port('port: "8080"\nprotocol: TCP') },
        good: { yaml: port("port: 8080\nprotocol: TCP") },
    },
    {
        code: "K04",
        title: "endPort that makes no range",
        severity: "error",
        why: REFUSED,
        fix: "write the first port as a number in `port`, and a higher one in `endPort`",
        source: SOURCE,
        bad: { yaml: port("port: 9000\nendPort: 8000\nprotocol: TCP") },
        good: { yaml: port("port: 8000\nendPort: 9000\nprotocol: TCP") },
    },
    {
        code: "K05",
        title: "a peer that is empty, or two peers in one",
        severity: "error",
        why: `${REFUSED} An ipBlock stands alone; a namespaceSelector and a podSelector together mean pods that both select.`,
        fix: "write one item for each peer",
        source: SOURCE,
        bad: { yaml: peer("podSelector: {}\nipBlock:\n  cidr: 203.0.113.0/24") },
        good: { yaml: ingress("from:\n  - podSelector: {}\n  - ipBlock:\n      cidr: 203.0.113.0/24") },
    },
    {
        code: "K06",
        title: "an ipBlock that is no block, or an exception outside it",
        severity: "error",
        why: REFUSED,
        fix: "write a block such as 10.1.0.0/16, and exceptions that are smaller and inside it",
        source: SOURCE,
        bad: { yaml: peer("ipBlock:\n  cidr: 203.0.113.0/24\n  except:\n    - 198.51.100.0/25") },
        good: { yaml: peer("ipBlock:\n  cidr: 203.0.113.0/24\n  except:\n    - 203.0.113.0/25") },
    },
    {
        code: "K07",
        title: "a label selector that Kubernetes does not accept",
        severity: "error",
        why: REFUSED,
        fix: "write keys and values as labels have them; In and NotIn with values, Exists and DoesNotExist without",
        source: "Kubernetes apimachinery pkg/apis/meta/v1/validation (ValidateLabelSelector)",
        bad: { yaml: peer("podSelector:\n  matchExpressions:\n    - key: app\n      operator: In") },
        good: {
            yaml: peer(
                "podSelector:\n  matchExpressions:\n    - key: app\n      operator: In\n      values:\n        - front",
            ),
        },
    },
];
