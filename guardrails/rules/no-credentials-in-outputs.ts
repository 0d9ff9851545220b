import type { StackValidationPolicy } from "@pulumi/policy";
import { links, STACK } from "../resources";

/** What a kubeconfig with a login inside looks like; one with an exec login (kubelogin) has none of these. */
const credentials = [
    ["a client key", /client-key-data:\s*\S/],
    ["a bearer token", /^\s*token:\s*\S/m],
    ["a password", /^\s*password:\s*\S/m],
] as const;

/**
 * Outputs are read by every stack and person with access to the state. The pack sees secrets in the clear, so it looks
 * only at outputs that do not say of themselves that they hold credentials: the opt-in one is named so and is a secret.
 */
export const noCredentialsInOutputs: StackValidationPolicy = {
    name: "no-credentials-in-outputs",
    description:
        "No output of the stack may hold a kubeconfig with credentials, except the opt-in `adminKubeconfig`.",
    severity: "critical",
    remediationSteps: "Export the kubeconfig with the exec login; consumers log in as themselves.",
    url: links.localAccounts,
    validateStack: (args, report) => {
        let unknown: unknown;
        for (const stack of args.resources.filter((resource) => resource.type === STACK))
            for (const name of Object.keys(stack.props)) {
                if (name === "adminKubeconfig") continue;
                try {
                    const value: unknown = stack.props[name];
                    for (const [what, pattern] of credentials)
                        if (typeof value === "string" && pattern.test(value))
                            report(`the output "${name}" holds ${what}.`, stack.urn);
                } catch (error) {
                    unknown ??= error;
                }
            }
        if (unknown !== undefined) throw unknown;
    },
};
