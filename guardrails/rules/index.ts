import type { Policies } from "@pulumi/policy";
import { explained } from "../explained";
import { apiServerRestricted } from "./api-server-restricted";
import { autoUpgrade } from "./auto-upgrade";
import { ciliumDataPlaneCoherent } from "./cilium-data-plane-coherent";
import { localAccountsDisabled } from "./local-accounts-disabled";
import { lockedInProduction } from "./locked-in-production";
import { namespaceDefaultDeny } from "./namespace-default-deny";
import { noAllEntity } from "./no-all-entity";
import { noCredentialsInOutputs } from "./no-credentials-in-outputs";
import { noMetadataAccess } from "./no-metadata-access";
import { oidcIssuer } from "./oidc-issuer";
import { policiesPassCheck } from "./policies-pass-check";
import { protectedInProduction } from "./protected-in-production";
import { systemPoolSize } from "./system-pool-size";

/** Every rule of the pack; the file's name is the rule's id. Each message ends with what to do. */
export const rules: Policies = [
    apiServerRestricted,
    autoUpgrade,
    ciliumDataPlaneCoherent,
    localAccountsDisabled,
    lockedInProduction,
    namespaceDefaultDeny,
    noAllEntity,
    noCredentialsInOutputs,
    noMetadataAccess,
    oidcIssuer,
    policiesPassCheck,
    protectedInProduction,
    systemPoolSize,
].map(explained);
