import type { CrdPattern } from "./crd";

/**
 * Patterns of the CRDs, each with a test that takes time linear in the text. The API server matches with RE2, which is
 * linear whatever the pattern; several of these patterns would take exponential time in JavaScript's backtracking engine
 * (`^([-a-zA-Z0-9_]+[.]?)+$` on a long name). tests/cilium/model/patterns.test.ts holds each against RE2 itself.
 */
const pattern = (source: string, says: string, test: (text: string) => boolean): CrdPattern => ({
    source,
    says,
    test,
});
const matches = (regex: RegExp) => (text: string) => regex.test(text);

/**
 * Port number or name. The alternation is not grouped in the CRD, so `^` binds to its first branch and `$` to its second:
 * anything that starts with a digit passes, and so does anything that ends like a port name (cilium/cilium#26384).
 */
export const PORT = pattern(
    "^(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[0-9]{1,4})|([a-zA-Z0-9]-?)*[a-zA-Z](-?[a-zA-Z0-9])*$",
    "a port number or a port name",
    matches(/^[0-9]|[a-zA-Z](?:-?[0-9])*$/),
);

export const LABEL_VALUE = pattern(
    "^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$",
    "letters, digits, '-', '_' and '.', with a letter or digit at both ends",
    matches(/^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/),
);

export const MATCH_NAME = pattern(
    "^([-a-zA-Z0-9_]+[.]?)+$",
    "a DNS name: letters, digits, '-', '_' and single dots, no '*'",
    matches(/^[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/),
);

export const MATCH_PATTERN = pattern(
    "^([-a-zA-Z0-9_*]+[.]?)+$",
    "a DNS name with '*': letters, digits, '-', '_', '*' and single dots",
    matches(/^[-a-zA-Z0-9_*]+(?:\.[-a-zA-Z0-9_*]+)*\.?$/),
);

export const SERVER_NAME = pattern(
    "^(\\*?\\*\\.)?([-a-zA-Z0-9_]+\\.?)+$",
    "a DNS name, with at most a leading '*.' or '**.'",
    matches(/^(?:\*{1,2}\.)?[-a-zA-Z0-9_]+(?:\.[-a-zA-Z0-9_]+)*\.?$/),
);

export const RESOURCE_NAME = pattern(
    "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$",
    "a Kubernetes name: lower-case letters, digits, '-' and '.'",
    (text) => text.split(".").every((label) => /^[a-z0-9]$|^[a-z0-9][-a-z0-9]*[a-z0-9]$/.test(label)),
);

/** `\PC`: no character of Unicode's class C. Unassigned ones are in it since Go 1.25. */
export const PRINTABLE = pattern("^\\PC*$", "printable characters", matches(/^\P{C}*$/u));

// The list of the CRD as it is, with its slip "ExtendedEcho Reply" and with what it forgets (RouterSelection is there,
// ExtendedEchoReply is not). It mixes the names of both families; which name belongs to which is decided at decoding.
const ICMP_NAMES = [
    "EchoReply",
    "DestinationUnreachable",
    "Redirect",
    "Echo",
    "RouterAdvertisement",
    "RouterSelection",
    "TimeExceeded",
    "ParameterProblem",
    "Timestamp",
    "TimestampReply",
    "Photuris",
    "ExtendedEchoRequest",
    "ExtendedEcho Reply",
    "PacketTooBig",
    "ParameterProblem",
    "EchoRequest",
    "MulticastListenerQuery",
    "MulticastListenerReport",
    "MulticastListenerDone",
    "RouterSolicitation",
    "RouterAdvertisement",
    "NeighborSolicitation",
    "NeighborAdvertisement",
    "RedirectMessage",
    "RouterRenumbering",
    "ICMPNodeInformationQuery",
    "ICMPNodeInformationResponse",
    "InverseNeighborDiscoverySolicitation",
    "InverseNeighborDiscoveryAdvertisement",
    "HomeAgentAddressDiscoveryRequest",
    "HomeAgentAddressDiscoveryReply",
    "MobilePrefixSolicitation",
    "MobilePrefixAdvertisement",
    "DuplicateAddressRequestCodeSuffix",
    "DuplicateAddressConfirmationCodeSuffix",
];
const ICMP_SOURCE = `^([0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5]|${ICMP_NAMES.join("|")})$`;

/** ICMP type as a string; numbers written as such are not held against it. */
export const ICMP_TYPE = pattern(
    ICMP_SOURCE,
    "a number from 0 to 255 or the name of an ICMP type",
    matches(new RegExp(ICMP_SOURCE)),
);
