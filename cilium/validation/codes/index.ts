import { ACCEPTANCE_CODES } from "./acceptance";
import { ADDRESS_CODES } from "./addresses";
import type { CodeEntry } from "./entry";
import { FILE_CODES } from "./files";
import { HTTP_CODES } from "./http";
import { KUBERNETES_CODES } from "./kubernetes";
import { LABEL_CODES } from "./labels";
import { NAME_CODES } from "./names";
import { PEER_CODES } from "./peers";
import { PLATFORM_CODES } from "./platform";
import { PORT_CODES } from "./ports";
import { READING_CODES } from "./reading";
import { SECTION_CODES } from "./sections";
import { STRUCTURE_CODES } from "./structure";
import { WORKLOAD_CODES } from "./workloads";

export type { CodeEntry, Example, ExampleCluster } from "./entry";

const ENTRIES: readonly CodeEntry[] = [
    ...SECTION_CODES,
    ...PEER_CODES,
    ...PORT_CODES,
    ...ADDRESS_CODES,
    ...NAME_CODES,
    ...HTTP_CODES,
    ...LABEL_CODES,
    ...PLATFORM_CODES,
    ...WORKLOAD_CODES,
    ...STRUCTURE_CODES,
    ...ACCEPTANCE_CODES,
    ...KUBERNETES_CODES,
    ...READING_CODES,
    ...FILE_CODES,
];

const BY_CODE = new Map(ENTRIES.map((entry) => [entry.code, entry]));

/** Every code that a finding can have, in the order of its letter and number. */
export const CODES: readonly CodeEntry[] = [...ENTRIES].sort((a, b) => (a.code < b.code ? -1 : 1));

/**
 * What is known of a code.
 * @param code in any case, e.g. `L03`
 * @returns undefined for a code that does not exist
 */
export function explainCode(code: string): CodeEntry | undefined {
    return BY_CODE.get(code.toUpperCase());
}
