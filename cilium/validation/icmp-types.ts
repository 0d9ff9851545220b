/**
 * Names of ICMP types, by family, with their numbers. Source: `pkg/policy/api/icmp.go` (icmpIpv4TypeNameToCode,
 * icmpIpv6TypeNameToCode), the same in 1.16 to 1.19.
 */
export const ICMP_TYPES: Readonly<Record<"IPv4" | "IPv6", Readonly<Record<string, number>>>> = {
    IPv4: {
        EchoReply: 0,
        DestinationUnreachable: 3,
        Redirect: 5,
        Echo: 8,
        EchoRequest: 8,
        RouterAdvertisement: 9,
        RouterSelection: 10,
        TimeExceeded: 11,
        ParameterProblem: 12,
        Timestamp: 13,
        TimestampReply: 14,
        Photuris: 40,
        ExtendedEchoRequest: 42,
        ExtendedEchoReply: 43,
    },
    IPv6: {
        DestinationUnreachable: 1,
        PacketTooBig: 2,
        TimeExceeded: 3,
        ParameterProblem: 4,
        EchoRequest: 128,
        EchoReply: 129,
        MulticastListenerQuery: 130,
        MulticastListenerReport: 131,
        MulticastListenerDone: 132,
        RouterSolicitation: 133,
        RouterAdvertisement: 134,
        NeighborSolicitation: 135,
        NeighborAdvertisement: 136,
        RedirectMessage: 137,
        RouterRenumbering: 138,
        ICMPNodeInformationQuery: 139,
        ICMPNodeInformationResponse: 140,
        InverseNeighborDiscoverySolicitation: 141,
        InverseNeighborDiscoveryAdvertisement: 142,
        HomeAgentAddressDiscoveryRequest: 144,
        HomeAgentAddressDiscoveryReply: 145,
        MobilePrefixSolicitation: 146,
        MobilePrefixAdvertisement: 147,
        DuplicateAddressRequestCodeSuffix: 157,
        DuplicateAddressConfirmationCodeSuffix: 158,
        ExtendedEchoRequest: 160,
        ExtendedEchoReply: 161,
    },
};

/**
 * Why Cilium cannot decode an ICMP type written as text; undefined where it can. Any number but 0 passes, whatever its
 * size: `strconv.Atoi` saturates, and only its 0 sends Cilium to the table of names.
 * @param family as written; everything but `IPv6` is looked up as IPv4
 */
export function icmpTypeFault(type: string, family: string): string | undefined {
    if (type === "0" || (/^[+-]?[0-9]+$/.test(type) && /[1-9]/.test(type))) return undefined;
    const mine = family === "IPv6" ? "IPv6" : "IPv4";
    if (Object.hasOwn(ICMP_TYPES[mine], type)) return undefined;
    const other = mine === "IPv4" ? "IPv6" : "IPv4";
    return Object.hasOwn(ICMP_TYPES[other], type)
        ? `is the name of an ICMP type of ${other}, not of ${mine}`
        : `is no ICMP type of ${mine}`;
}
