import { some, when, type AcceptanceRule, type Layer7 } from "./acceptance-rule";
import { regexFault } from "./regex";
import { quote } from "./show";

type Http = NonNullable<Layer7["http"]>[number];
type Kafka = NonNullable<Layer7["kafka"]>[number];

/** What is asked of `rules` as a whole, where one of its lists has items. */
export const LAYER7_RULES: readonly AcceptanceRule<Layer7>[] = [
    {
        code: "A13",
        what: "l7 stands beside l7proto",
        fix: "write l7proto",
        source: "pkg/policy/api/rule_validation.go L7Rules.sanitize; r34-*",
        check: ({ l7, l7proto }) =>
            when(l7 !== undefined && (l7proto ?? "") === "", () => ({
                path: ["l7"],
                message: "l7 without l7proto",
            })),
    },
    {
        code: "A13",
        what: "no key of an l7 rule is empty",
        fix: "name the key",
        source: "pkg/policy/api/l7.go PortRuleL7.Sanitize",
        check: ({ l7, l7proto }) =>
            (l7proto ?? "") === ""
                ? []
                : (l7 ?? []).flatMap((rule, index) =>
                      when(Object.hasOwn(rule, ""), () => ({
                          path: ["l7", index],
                          message: "an l7 rule has an empty key",
                      })),
                  ),
    },
];

/** What is asked of each HTTP rule. `host` is not compiled: a bad expression there reaches Envoy. */
export const HTTP_RULES: readonly AcceptanceRule<Http>[] = [
    {
        code: "L14",
        what: "path and method are regular expressions of RE2",
        why: "They are no globs: `*` alone is no expression, and the whole path has to match.",
        fix: "write a regular expression; for everything below /api that is /api/.*",
        source: "pkg/policy/api/http.go PortRuleHTTP.Sanitize; r35-*",
        check: (rule) =>
            (["path", "method"] as const).flatMap((key) => {
                const text = rule[key] ?? "";
                const fault = regexFault(text);
                return when(fault !== undefined, () => ({
                    path: [key],
                    message: `${key} ${quote(text)} is no regular expression: ${fault}`,
                }));
            }),
    },
    {
        code: "A14",
        what: "a header match has a name, a known action, and a name for its secret",
        fix: "write name; mismatch is LOG, ADD, DELETE or REPLACE",
        source: "pkg/policy/api/http.go PortRuleHTTP.Sanitize; r35-http-16..19",
        check: ({ headerMatches }) =>
            (headerMatches ?? []).flatMap(({ name, mismatch, secret }, index) => [
                ...when((name ?? "") === "", () => ({
                    path: ["headerMatches", index, "name"],
                    message: "a header match has no name",
                })),
                ...when(!["", "LOG", "ADD", "DELETE", "REPLACE"].includes(mismatch ?? ""), () => ({
                    path: ["headerMatches", index, "mismatch"],
                    message: `${quote(mismatch ?? "")} is no action for a header`,
                })),
                ...when(secret !== undefined && (secret.name ?? "") === "", () => ({
                    path: ["headerMatches", index, "secret", "name"],
                    message: "the secret of a header match has no name",
                })),
            ]),
    },
];

/** API keys of Kafka as cilium/proxy knows them (pkg/policy/api/kafka APIKeyMap). */
const KAFKA_KEYS = new Set(
    (
        "produce fetch offsets metadata leaderandisr stopreplica updatemetadata controlledshutdown offsetcommit offsetfetch " +
        "findcoordinator joingroup heartbeat leavegroup syncgroup describegroups listgroups saslhandshake apiversions " +
        "createtopics deletetopics deleterecords initproducerid offsetforleaderepoch addpartitionstotxn addoffsetstotxn endtxn " +
        "writetxnmarkers txnoffsetcommit describeacls createacls deleteacls describeconfigs alterconfigs"
    ).split(" "),
);

/** What is asked of each Kafka rule. */
export const KAFKA_RULES: readonly AcceptanceRule<Kafka>[] = [
    {
        code: "A15",
        what: "a Kafka rule has role or apiKey, an apiVersion that is a number, and a topic of letters, digits, '.', '_' and '-'",
        fix: "write role: produce or role: consume, with a topic",
        source: "github.com/cilium/proxy pkg/policy/api/kafka PortRule.Sanitize; r34-*",
        check: ({ role = "", apiKey = "", apiVersion = "", topic = "" }) => [
            ...when(role !== "" && apiKey !== "", () => ({
                path: ["apiKey"],
                message: "role and apiKey stand together",
            })),
            ...when(apiKey !== "" && !KAFKA_KEYS.has(apiKey.toLowerCase()), () => ({
                path: ["apiKey"],
                message: `${quote(apiKey)} is no API key of Kafka`,
            })),
            ...when(role !== "" && !["produce", "consume"].includes(role.toLowerCase()), () => ({
                path: ["role"],
                message: `${quote(role)} is no role`,
            })),
            ...when(apiVersion !== "" && !isKafkaVersion(apiVersion), () => ({
                path: ["apiVersion"],
                message: `${quote(apiVersion)} is no API version`,
            })),
            ...when(topic !== "" && (topic.length > 255 || !/^[a-zA-Z0-9\\._-]+$/.test(topic)), () => ({
                path: ["topic"],
                message: `${quote(topic)} is no topic name`,
            })),
        ],
    },
];

/** Go's `strconv.ParseInt(text, 10, 16)`, not negative. */
function isKafkaVersion(text: string): boolean {
    return /^[+-]?[0-9]+$/.test(text) && Number(text) >= 0 && Number(text) <= 32767;
}

/** Whether any rule of layer 7 is there that Cilium looks into. */
export const looksInto = (rules: Layer7 | undefined): rules is Layer7 =>
    rules !== undefined && [rules.http, rules.kafka, rules.dns, rules.l7].some(some);
