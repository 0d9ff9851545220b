import type { CiliumMinor } from "../model/versions";

/** The name or pattern of an FQDN selector as written; Cilium makes it the label `fqdn:<text>`. */
export type FqdnSelector = string;

const CHARACTER = "[-a-zA-Z0-9_]";

/**
 * Whether a resolved name belongs to an FQDN selector.
 * Source: `pkg/policy/api/fqdn.go` ToRegex, `pkg/fqdn/matchpattern`. A lone `*` is every name. Up to 1.18 `**.` is `*.`
 * (one label); since 1.19 it is one label or more, and a pattern of only asterisks is every name (answers.md 4.3).
 * @param selector `matchName` or `matchPattern`, as written
 * @param name a DNS name, with or without the final dot, any case
 */
export function matchesName(selector: FqdnSelector, name: string, minor: CiliumMinor): boolean {
    return nameMatcher(selector, minor).test(fullyQualified(name.toLowerCase()));
}

/** The regular expression of {@link matchesName}, for names in lower case with their final dot. */
export function nameMatcher(selector: FqdnSelector, minor: CiliumMinor): RegExp {
    const pattern = selector.trim().toLowerCase();
    const everything = minor === "1.19" ? /^\*+\.?$/.test(pattern) : pattern === "*";
    if (everything) return new RegExp(`(^(${CHARACTER}+[.])+$)|(^[.]$)`);
    let text = fullyQualified(pattern).replaceAll(".", "[.]");
    if (minor === "1.19") {
        text = text.replace(/^\*{2,}\[\.\]/, `(${CHARACTER}+([.]${CHARACTER}+){0,})[.]`);
        // Every further run of asterisks is one wildcard; the group just put in has one of its own, so skip it.
        const head = text.startsWith("(") ? text.indexOf(")[.]") + 4 : 0;
        text = text.slice(0, head) + text.slice(head).replace(/\*+/g, `${CHARACTER}*`);
    } else {
        text = text.replaceAll("*", `${CHARACTER}*`);
    }
    return new RegExp(`^${text}$`);
}

/** A name that the selector matches and that no more special selector is likely to: stands for "any such name". */
export function sampleName(selector: FqdnSelector): string {
    return selector.trim().toLowerCase().replace(/\*+/g, "any-name-here").replace(/\.$/, "");
}

function fullyQualified(name: string): string {
    return name.endsWith(".") ? name : `${name}.`;
}
