import type { JsonObject } from "../manifest/document";
import type { CiliumMinor } from "../model/versions";
import { parseCidr, prefixOf, without, type Prefix } from "./addresses";
import { asString, asStrings } from "./json";
import type { CidrSelector } from "./selectors";

/** What the addresses of a rule depend on. */
export interface CidrContext {
    readonly minor: CiliumMinor;
    readonly dualStack: boolean;
}

const ALL: Readonly<Record<4 | 6, string>> = { 4: "0.0.0.0/0", 6: "::/0" };
const WORLD: Readonly<Record<4 | 6, string>> = { 4: "world-ipv4", 6: "world-ipv6" };

function cidrSelector(
    prefix: Prefix | undefined,
    except: readonly Prefix[],
    world: readonly string[],
): CidrSelector {
    const without = except.length === 0 ? "" : ` except ${except.map(({ text }) => text).join(" ")}`;
    return {
        type: "cidr",
        prefix,
        except,
        world,
        text: `cidr ${prefix?.text ?? ""}${without} ${world.join(" ")}`,
    };
}

/**
 * `fromCIDR`/`toCIDR`. Whether a /0 also means the addresses that no prefix in use covers depends on the minor and on
 * how it is written: up to 1.18 only the very texts `0.0.0.0/0` and `::/0` do (`CIDRSlice.GetAsEndpointSelectors`),
 * and on an IPv4-only cluster `::/0` does not; since 1.19 every /0 is its world label (`labels.IPStringToLabel`).
 */
export function cidrSelectors(texts: readonly string[], context: CidrContext): CidrSelector[] {
    const has4 = texts.includes(ALL[4]);
    const has6 = texts.includes(ALL[6]);
    return texts.flatMap((text) => {
        const prefix = parseCidr(text);
        if (prefix === undefined) return [];
        if (prefix.bits > 0) return [cidrSelector(prefix, [], [])];
        if (context.minor === "1.19") return [cidrSelector(undefined, [], [zeroWorld(prefix, context)])];
        if (text !== ALL[prefix.family]) return [cidrSelector(prefix, [], [])];
        if (!context.dualStack) return [cidrSelector(prefix, [], prefix.family === 4 ? ["world"] : [])];
        return [cidrSelector(prefix, [], [WORLD[prefix.family], ...(has4 && has6 ? ["world"] : [])])];
    });
}

/** The world label that a /0 stands for; since 1.19 an IPv6 one is of no use on an IPv4-only cluster. */
function zeroWorld(prefix: Prefix, context: CidrContext): string {
    if (context.dualStack || (context.minor === "1.19" && prefix.family === 6)) return WORLD[prefix.family];
    return "world";
}

/**
 * One entry of `fromCIDRSet`/`toCIDRSet`, or an `ipBlock`.
 * @returns no selector where 1.16 expands the entry to nothing because `except` covers it: then the list of peers may
 * be empty, which with ports means everyone (facts 3.4)
 */
export function cidrRuleSelectors(
    cidr: string,
    exceptions: readonly string[],
    context: CidrContext,
): readonly CidrSelector[] {
    const prefix = parseCidr(cidr);
    if (prefix === undefined) return [];
    const except = exceptions.flatMap((text) => parseCidr(text) ?? []);
    if (context.minor === "1.16") return split([prefix, ...except].map(unmap), context);
    if (prefix.bits > 0) {
        const nothing = context.minor === "1.19" && except.some((item) => item.bits === 0);
        return [cidrSelector(nothing ? undefined : prefix, except, [])];
    }
    if (context.minor === "1.19") {
        const barred = except.some(
            (item) => item.bits === 0 && zeroWorld(item, context) === zeroWorld(prefix, context),
        );
        return [cidrSelector(undefined, except, barred ? [] : [zeroWorld(prefix, context)])];
    }
    return [cidrSelector(prefix, except, [zeroWorld(prefix, context)])];
}

/**
 * 1.16 splits a range into the prefixes that its exceptions leave (`ComputeResultantCIDRSet`), and those are what
 * addresses are labelled with.
 */
function split([prefix, ...except]: readonly Prefix[], context: CidrContext): readonly CidrSelector[] {
    if (prefix === undefined) return [];
    return cidrSelectors(
        without(prefix, except).map(({ text }) => text),
        context,
    );
}

/** 1.16 reads these with Go's older `net` package, to which `::ffff:10.0.0.0/104` is 10.0.0.0/8. */
function unmap(prefix: Prefix): Prefix {
    const mapped = prefix.family === 6 && prefix.bits >= 96 && prefix.address >> 32n === 0xffffn;
    return mapped ? prefixOf({ family: 4, value: prefix.address & 0xffffffffn }, prefix.bits - 96) : prefix;
}

/** The entry's own prefix and exceptions as text, for {@link cidrRuleSelectors}. */
export function cidrRuleOf(rule: JsonObject): { cidr: string | undefined; except: readonly string[] } {
    return { cidr: asString(rule["cidr"]), except: asStrings(rule["except"]) ?? [] };
}
