import type { StackValidationPolicy } from "@pulumi/policy";
import { library } from "../library";
import { links } from "../resources";
import { stackModel } from "../stack-model";

/** Every policy of the stack is one that Cilium accepts and this cluster enforces. */
export const policiesPassCheck: StackValidationPolicy = {
    name: "policies-pass-check",
    description:
        "Every CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and NetworkPolicy must pass `aks-cilium check` for this cluster.",
    severity: "critical",
    remediationSteps:
        "Run `npx aks-cilium check policies` for file, line and fix; `aks-cilium check --explain CODE` tells more.",
    url: links.cilium,
    validateStack: (args, report) => {
        const { model, settle } = stackModel(args.resources);
        if (model !== undefined)
            for (const { severity, code, message, fix, path, file } of library().checkDocuments(
                model.policies,
                {
                    cluster: model.cluster,
                },
            ).findings)
                if (severity === "error") report(`${code} ${path}: ${message}\n${fix}`, file);
        settle();
    },
};
