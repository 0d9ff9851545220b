// What other programs may use: the components, their arguments and enums, and the reader of a stack's outputs.
export { AksCiliumCluster } from "./aks-cilium-cluster";
export * from "./aks-cilium-cluster-args";
export { CiliumPolicies, type AppliedPolicy } from "./cilium-policies";
export type { CiliumPoliciesArgs, ManifestFileArgs } from "./cilium-policies-args";
export { readPolicyFolder, type PolicyFolder } from "./policy-folder";
export {
    readStackOutputs,
    STACK_OUTPUTS_VERSION,
    type NetworkOutputs,
    type RangeOutputs,
    type StackOutputs,
    type StackOutputsOf,
} from "./stack-outputs";
