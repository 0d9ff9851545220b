import "./lazy-sdk";
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules";

// Constructing the pack starts its server, so this file is the entry point only: tests import `./rules`.
new PolicyPack("aks-cilium-guardrails", {
    displayName: "AKS with Azure CNI Powered by Cilium",
    description: "Nobody loses a cluster, an enforced policy or a secret without seeing it.",
    enforcementLevel: "mandatory",
    policies: [...rules],
});
