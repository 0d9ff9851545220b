import type { ReportViolation, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

type Rule = ResourceValidationPolicy | StackValidationPolicy;
type Validate = (args: unknown, report: ReportViolation) => void | Promise<void>;

/**
 * The rule with its remedy and link at the end of every message: the engine prints id, level, severity, description and
 * message of a violation, but neither `remediationSteps` nor `url` (seen with Pulumi 3.259).
 */
export function explained<T extends Rule>(rule: T): T {
    const explain =
        (validate: Validate): Validate =>
        (args, report) =>
            validate(args, (message, urn) =>
                report(`${message}\nFix: ${rule.remediationSteps} See ${rule.url}`, urn),
            );
    return "validateStack" in rule
        ? { ...rule, validateStack: explain(rule.validateStack as Validate) }
        : { ...rule, validateResource: explain(rule.validateResource as Validate) };
}
