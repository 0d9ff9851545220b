/** Lines that the engine shows next to a resource. */
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest } from "@pulumi/pulumi/proto/engine_pb";
import type { Log } from "./provider";

const SEVERITY = { debug: 0, info: 1, warning: 2, error: 3 } as const;

/**
 * A log that goes to the engine.
 * @param address host:port of the engine, the plug-in's last argument; without one, lines are dropped
 */
export function engineLog(address: string | undefined): Log {
    if (address === undefined || !/:\d+$/.test(address)) return () => undefined;
    const engine = new EngineClient(address, grpc.credentials.createInsecure());
    return (severity, message, urn, passing = false) => {
        const request = new LogRequest();
        request.setSeverity(SEVERITY[severity]);
        request.setMessage(message);
        request.setUrn(urn);
        request.setEphemeral(passing);
        // A line that cannot be shown must not fail the resource: the engine may be gone already.
        engine.log(request, () => undefined);
    };
}
