import * as z from "zod/mini";
import { changed, crd, INT32 } from "./crd";
import { ICMP_TYPE, PORT, SERVER_NAME } from "./patterns";
import { fqdnSelector } from "./peers";

/** Most entries one `ports` or `fields` may have (`pkg/policy/api/rule_validation.go`: maxPorts, maxICMPFields). */
export const MAX_ENTRIES = 40;

const portProtocol = z.strictObject({
    port: crd(z.string(), {
        pattern: PORT,
        optionalSince: "1.19",
        code: "L06",
        doc: "Port number as a string, or a port name of the pods. Quote it: YAML reads 80 as a number.",
    }),
    endPort: crd(z.optional(z.int()), {
        minimum: 0,
        maximum: 65535,
        goRange: INT32,
        doc: "Last port of a range that starts at `port`.",
    }),
    protocol: crd(z.optional(z.enum(["TCP", "UDP", "SCTP", "VRRP", "IGMP", "ANY"])), {
        enumSince: { VRRP: "1.19", IGMP: "1.19" },
        doc: "Protocol; ANY where it is left out. ICMP is written under `icmps`.",
    }),
});

const secret = z.strictObject({ namespace: z.optional(z.string()), name: z.string() });
const tls = z.strictObject({
    secret,
    trustedCA: z.optional(z.string()),
    certificate: z.optional(z.string()),
    privateKey: z.optional(z.string()),
});

const listener = z.strictObject({
    envoyConfig: z.strictObject({
        kind: z.optional(z.enum(["CiliumEnvoyConfig", "CiliumClusterwideEnvoyConfig"])),
        name: crd(z.string(), { minLength: 1 }),
    }),
    name: crd(z.string(), { minLength: 1 }),
    priority: crd(z.optional(z.int()), {
        minimum: 1,
        maximum: 100,
        goRange: changed({ "1.16": [0, 2 ** 16 - 1], "1.17": [0, 2 ** 8 - 1] }),
    }),
});

const httpRule = z.strictObject({
    path: crd(z.optional(z.string()), { doc: "Regular expression (RE2) that has to match the whole path." }),
    method: crd(z.optional(z.string()), {
        doc: "Regular expression (RE2) that has to match the whole method.",
    }),
    host: crd(z.optional(z.string()), { doc: "Regular expression that has to match the whole Host header." }),
    headers: z.optional(z.array(z.string())),
    headerMatches: z.optional(
        z.array(
            crd(
                z.strictObject({
                    name: crd(z.string(), { minLength: 1 }),
                    value: z.optional(z.string()),
                    secret: z.optional(secret),
                    mismatch: z.optional(z.enum(["LOG", "ADD", "DELETE", "REPLACE"])),
                }),
                { go: "pointer" },
            ),
        ),
    ),
});

const kafkaRule = z.strictObject({
    role: z.optional(z.enum(["produce", "consume"])),
    apiKey: z.optional(z.string()),
    apiVersion: z.optional(z.string()),
    clientID: z.optional(z.string()),
    topic: crd(z.optional(z.string()), { maxLength: 255 }),
});

const l7Rules = crd(
    z.strictObject({
        http: crd(z.optional(z.array(httpRule)), {
            doc: "HTTP requests that are let through; needs ACNS tier l7 on AKS.",
        }),
        dns: crd(z.optional(z.array(fqdnSelector)), {
            doc: "DNS names the pods may ask for; egress to port 53. Needs ACNS tier fqdn on AKS.",
        }),
        kafka: crd(z.optional(z.array(kafkaRule)), { doc: "Kafka requests; removed in Cilium 1.20." }),
        l7proto: z.optional(z.string()),
        l7: z.optional(z.array(z.record(z.string(), z.string()))),
    }),
    { oneOf: ["http", "kafka", "dns", "l7proto"] },
);

export const portRule = z.strictObject({
    ports: crd(z.optional(z.array(portProtocol)), { maxItems: MAX_ENTRIES }),
    rules: crd(z.optional(l7Rules), {
        doc: "Layer 7: what is let through on these ports; the rest is refused by the proxy.",
    }),
    terminatingTLS: z.optional(tls),
    originatingTLS: z.optional(tls),
    serverNames: crd(
        z.optional(
            z.array(
                crd(z.string(), {
                    maxLength: changed({ "1.18": 255 }),
                    pattern: changed({ "1.18": SERVER_NAME }),
                }),
            ),
        ),
        { minItems: changed({ "1.18": 1 }), set: changed({ "1.18": true }), doc: "TLS server names (SNI)." },
    ),
    listener: crd(z.optional(listener), { doc: "Envoy listener the traffic is sent through; egress only." }),
});

/** The CRD limits the number of ports in allow rules only; Cilium's own check covers both (oracle: r20-41-deny). */
export const portDenyRule = z.strictObject({ ports: z.optional(z.array(portProtocol)) });

export const icmpRule = z.strictObject({
    fields: crd(
        z.optional(
            z.array(
                crd(
                    z.strictObject({
                        family: crd(z.optional(z.enum(["IPv4", "IPv6"])), { default: "IPv4" }),
                        type: crd(z.union([z.int(), z.string()]), {
                            pattern: ICMP_TYPE,
                            code: "L58",
                            goRange: INT32,
                            doc: "ICMP type: a number from 1 to 255, or its name, e.g. EchoRequest.",
                        }),
                    }),
                    { go: "icmp-field" },
                ),
            ),
        ),
        { maxItems: MAX_ENTRIES },
    ),
});
