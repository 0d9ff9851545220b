import type { StackValidationPolicy } from "@pulumi/policy";
import { checkDocuments, isPolicyKind } from "../../cilium/index";
import { stackObjects } from "../cluster-model";
import { links } from "../resources";

/** Every policy of the stack is one that Cilium accepts and this cluster enforces. */
export const policiesPassCheck: StackValidationPolicy = {
    name: "policies-pass-check",
    description:
        "Every CiliumNetworkPolicy, CiliumClusterwideNetworkPolicy and NetworkPolicy passes `aks-cilium check` for this cluster.",
    severity: "critical",
    remediationSteps:
        "Run `npx aks-cilium check policies` for file, line and fix; `aks-cilium check --explain CODE` tells more.",
    url: links.cilium,
    validateStack: (args, report) => {
        const { objects, cluster, settle } = stackObjects(args.resources);
        const documents = objects.map(({ document }) => document).filter(({ kind }) => isPolicyKind(kind));
        for (const { severity, code, message, fix, path, file } of checkDocuments(documents, { cluster })
            .findings)
            if (severity === "error") report(`${code} ${path}: ${message} ${fix}`, file);
        settle();
    },
};
