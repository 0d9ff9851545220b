export {
    formatPath,
    type JsonObject,
    type JsonValue,
    type ManifestDocument,
    type Path,
    type Position,
} from "./manifest/document";
export { readManifests, type ReadOptions, type ReadResult } from "./manifest/read";
export type { ClusterFacts } from "./model/cluster";
export { isExpectations } from "./model/expectation-files";
export { POLICY_KINDS, isPolicyKind, type PolicyKind } from "./model/kinds";
export {
    ADVANCED_NETWORKING,
    AKS_CILIUM_VERSIONS,
    CILIUM_MINORS,
    DEFAULT_KUBERNETES,
    aksCiliumVersion,
    type AdvancedNetworking,
    type AksCiliumVersion,
    type CiliumMinor,
} from "./model/versions";
export { appliesAtTier, TIER_ANNOTATION, tiersOf } from "./model/tier-selection";
export { readWorkloads, type Workloads } from "./model/workloads";
export {
    checkDocuments,
    sortFindings,
    type CheckOptions,
    type CheckResult,
    type DocumentVerdict,
} from "./validation/check";
export { CODES, explainCode, type CodeEntry, type Example } from "./validation/codes";
export { documentId, type Finding, type Severity } from "./validation/finding";
export { IGNORE_ANNOTATION } from "./validation/suppress";
export { closestNames, parsePeer, parsePort, type PortAndProtocol } from "./model/names";
export { isSystemNamespace, systemEndpoints, withSystemEndpoints } from "./model/system";
export { countSelected, identityOfLabels, policySubjects, type PolicySubject } from "./semantics/subjects";
export type { IdentityLabels } from "./semantics/labels";
export { buildReachability } from "./reachability";
export {
    diffReachability,
    type DiffCause,
    type DiffConnection,
    type DiffEnd,
    type ReachabilityDiff,
} from "./reachability/diff";
export {
    evaluateExpectations,
    readExpectations,
    type Expectation,
    type ExpectationFailure,
    type ExpectationProblem,
    type ExpectationResult,
} from "./reachability/expectations";
export { findExposure, METADATA, type Exposure } from "./reachability/exposure";
export * from "./reachability/types";
export { diffJson } from "./report/diff-json";
export { diffMarkdown } from "./report/diff-markdown";
export { diffReport, type DiffGroup, type DiffReport } from "./report/diff-model";
export { diffText, type DiffTextOptions } from "./report/diff-text";
export { upgradeText, type UpgradeValidity } from "./report/diff-upgrade";
export { expectationsJson } from "./report/expectations-json";
export { expectationsText } from "./report/expectations-text";
export { exposureJson, exposureText } from "./report/reach-exposure";
export { reachDot, reachMermaid } from "./report/reach-graph";
export { reachHtml } from "./report/html/page";
export { reachJson, type JsonConnection } from "./report/reach-json";
export { PLAIN, type Paint } from "./report/reach-layout";
export { reachMatrix, type ReachFilter, type ReachMatrix } from "./report/reach-model";
export { reachNamer, type EndpointFacts, type Namer } from "./report/reach-names";
export { reachText, type ReachTextOptions } from "./report/reach-text";
export { whyJson } from "./report/why-json";
export { whyText } from "./report/why-text";
export { checkJson } from "./report/check-json";
export type { CheckReport } from "./report/check-model";
export { checkText, type CheckTextOptions } from "./report/check-text";
export { explainCodeText } from "./report/explain-code";
export { githubAnnotations } from "./report/github";
export { sarif } from "./report/sarif";
