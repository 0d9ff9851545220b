import type * as z from "zod/mini";
import type { Path } from "../manifest/document";
import { isBefore } from "../model/crd";
import type { PolicyKind } from "../model/kinds";
import type { cidrRule, endpointSelector, fqdnSelector } from "../model/peers";
import type { icmpRule, portRule } from "../model/ports";
import type { egressRule, ingressRule, rule } from "../model/rule";
import type { CiliumMinor } from "../model/versions";

/**
 * One rule of Cilium's `Parse` or `Sanitize`. The tables of these (acceptance-*.ts) are the whole of what a Cilium agent
 * asks of a stored policy; read them as documentation.
 */
export interface AcceptanceRule<Subject> {
    /** Stable identifier; the same code as the structural check has for the same cause. */
    readonly code: string;
    /** First minor that has the rule. @default the oldest modelled */
    readonly since?: CiliumMinor;
    /** Last minor that has it. @default the newest modelled */
    readonly until?: CiliumMinor;
    /** What Cilium asks, in one line. */
    readonly what: string;
    /** What happens to a policy that breaks it, beyond {@link NEVER_ENFORCED}. */
    readonly why?: string;
    /** What to write instead. A violation may know better. */
    readonly fix: string;
    /** Cilium source file and function, and the recorded cases that show it. */
    readonly source: string;
    /** Whether Cilium's code panics instead of returning an error. @default false */
    readonly panics?: boolean;
    readonly check: (subject: Subject, scope: Scope) => readonly Violation[];
}

/** One place that breaks a rule. */
export interface Violation {
    /** From the rule's subject on. */
    readonly path: Path;
    /** Names the value. */
    readonly message: string;
    readonly fix?: string;
    /** The code the structural check gives the same cause, where it has one of its own. @default the rule's */
    readonly code?: string;
}

/** Where a subject stands. */
export interface Scope {
    readonly minor: CiliumMinor;
    readonly kind: PolicyKind;
    readonly ingress: boolean;
    /** Below `ingressDeny` or `egressDeny`. */
    readonly deny: boolean;
    /** The rule has a nodeSelector. */
    readonly hostPolicy: boolean;
    /** `spec` or `specs`. */
    readonly specs: boolean;
    /** Cilium's inner form of a label key, which is what it validates. */
    readonly extendKey: (key: string) => string;
}

/** What follows from breaking any of the rules (facts 2.9). */
export const NEVER_ENFORCED =
    "The object is stored and shown by kubectl, but Cilium enforces none of its rules; only the agent's log and the condition Valid=False say so.";

export type Rule = z.infer<typeof rule>;
/** A rule of any of the four sections. */
export type Entry = Partial<z.infer<typeof ingressRule>> & Partial<z.infer<typeof egressRule>>;
export type PortRule = z.infer<typeof portRule>;
export type PortProtocol = Partial<NonNullable<PortRule["ports"]>[number]>;
export type Layer7 = NonNullable<PortRule["rules"]>;
export type IcmpRule = z.infer<typeof icmpRule>;
export type Selector = z.infer<typeof endpointSelector>;
export type CidrRule = z.infer<typeof cidrRule>;
export type FqdnSelector = z.infer<typeof fqdnSelector>;

/** Whether a minor has the rule. */
export function appliesTo<T>({ since, until }: AcceptanceRule<T>, minor: CiliumMinor): boolean {
    return (
        (since === undefined || !isBefore(minor, since)) && (until === undefined || !isBefore(until, minor))
    );
}

/** No violation, or one. */
export const when = (broken: boolean, violation: () => Violation): readonly Violation[] =>
    broken ? [violation()] : [];

/** Whether a list is there and has items: Cilium asks `len(x) > 0`. */
export const some = (items: readonly unknown[] | undefined): boolean => (items?.length ?? 0) > 0;
