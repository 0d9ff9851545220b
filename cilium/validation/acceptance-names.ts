import { MAX_ENTRIES } from "../model/ports";
import { when, type AcceptanceRule, type FqdnSelector, type IcmpRule } from "./acceptance-rule";
import { quote } from "./show";

const RULES = "pkg/policy/api/rule_validation.go";

/** What is asked of each item of icmps. */
export const ICMP_RULES: readonly AcceptanceRule<IcmpRule>[] = [
    {
        code: "S05",
        what: `at most ${MAX_ENTRIES} fields`,
        fix: "split it into several items",
        source: `${RULES} ICMPRule.verify`,
        check: ({ fields }) =>
            when((fields?.length ?? 0) > MAX_ENTRIES, () => ({
                path: ["fields"],
                message: `${fields?.length} ICMP types; at most ${MAX_ENTRIES} are allowed`,
            })),
    },
    {
        code: "S03",
        what: "the family is IPv4 or IPv6",
        fix: "write IPv4 or IPv6",
        source: `${RULES} ICMPRule.verify; r18-*`,
        check: ({ fields }) =>
            (fields ?? []).flatMap(({ family }, index) =>
                when(!["", "IPv4", "IPv6"].includes(family ?? ""), () => ({
                    path: ["fields", index, "family"],
                    message: `${quote(family ?? "")} is no ICMP family`,
                })),
            ),
    },
];

/** Characters Cilium takes in names; the CRD also asks for single dots. */
const NAME = /^[-a-zA-Z0-9_.]*$/;
const PATTERN = /^[-a-zA-Z0-9_.*]*$/;

/** What is asked of each item of toFQDNs and of DNS rules. */
export const NAME_RULES: readonly AcceptanceRule<FqdnSelector>[] = [
    {
        code: "L13",
        what: "matchName has letters, digits, '-', '_' and '.', matchPattern '*' too",
        fix: "write a name in matchName, or a name with '*' in matchPattern; regular expressions are not possible",
        source: "pkg/policy/api/fqdn.go; r39-*",
        check: ({ matchName, matchPattern }) => [
            ...when(!NAME.test(matchName ?? ""), () => ({
                path: ["matchName"],
                message: `matchName ${quote(matchName ?? "")} has characters that no DNS name has`,
                ...((matchName ?? "").includes("*")
                    ? { fix: "a name with '*' is written in matchPattern" }
                    : {}),
            })),
            ...when(!PATTERN.test(matchPattern ?? ""), () => ({
                path: ["matchPattern"],
                message: `matchPattern ${quote(matchPattern ?? "")} has characters other than letters, digits, '-', '_', '.' and '*'`,
            })),
        ],
    },
    {
        code: "L13",
        since: "1.19",
        what: "matchPattern has at most 255 characters",
        fix: "shorten it; no DNS name is longer",
        source: "pkg/fqdn/matchpattern/matchpattern.go prevalidate; r39-fqdn-16, r39-dns-16",
        check: ({ matchPattern }) =>
            when((matchPattern ?? "").trim().length > 255, () => ({
                path: ["matchPattern"],
                message: `matchPattern has ${matchPattern?.length} characters`,
            })),
    },
];

/** What is asked of toFQDNs only. */
export const FQDN_RULES: readonly AcceptanceRule<FqdnSelector>[] = [
    {
        code: "S06",
        what: "an item of toFQDNs has matchName or matchPattern, not both",
        fix: "write an item for each",
        source: "pkg/policy/api/fqdn.go FQDNSelector.sanitize; r39-fqdn-00",
        check: ({ matchName, matchPattern }) =>
            when((matchName ?? "") !== "" && (matchPattern ?? "") !== "", () => ({
                path: [],
                message: "the item has both matchName and matchPattern",
            })),
    },
];
