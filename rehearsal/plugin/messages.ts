/** Between protobuf messages and plain objects. */
import * as grpc from "@grpc/grpc-js";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { type JavaScriptValue, Struct } from "google-protobuf/google/protobuf/struct_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import * as status from "@pulumi/pulumi/proto/status_pb";
import type { DiffKind } from "./diff";
import { type CheckFailure, type Difference, InitFailed } from "./provider";
import { annotateSecrets, isObject, type Properties, type Value } from "./values";

/** A message's properties with secret envelopes still on. */
export function fromStruct(struct: Struct | undefined): Properties {
    return struct === undefined ? {} : (struct.toJavaScript() as unknown as Properties);
}

/** Properties as a message; undefined ones are left out. */
export function toStruct(properties: Properties): Struct {
    return Struct.fromJavaScript(JSON.parse(JSON.stringify(properties)) as Record<string, JavaScriptValue>);
}

/** Marks what was secret among the inputs; a copy of the inputs kept among the outputs is marked as well. */
export function keepSecrets(outputs: Properties, ...inputs: Properties[]): Properties {
    let marked: Value = outputs;
    for (const like of inputs) {
        marked = annotateSecrets(marked, like);
        // pulumi-kubernetes keeps the inputs among the outputs (its README, "State of a resource").
        const copy = isObject(marked) ? marked["__inputs"] : undefined;
        if (isObject(marked) && copy !== undefined)
            marked = { ...marked, __inputs: annotateSecrets(copy, like) };
    }
    return marked as Properties;
}

/** Check failures as messages. */
export function failures(list: CheckFailure[]): pb.CheckFailure[] {
    return list.map(({ property, reason }) => {
        const failure = new pb.CheckFailure();
        failure.setProperty(property);
        failure.setReason(reason);
        return failure;
    });
}

const KINDS: Record<DiffKind, pb.PropertyDiff.Kind> = {
    add: 0,
    addReplace: 1,
    delete: 2,
    deleteReplace: 3,
    update: 4,
    updateReplace: 5,
};

/** A diff as a message. */
export function diffResponse(difference: Difference): pb.DiffResponse {
    const response = new pb.DiffResponse();
    response.setChanges(difference.changes === undefined ? 0 : difference.changes ? 2 : 1);
    response.setReplacesList(difference.replaces ?? []);
    response.setDiffsList(difference.diffs ?? []);
    response.setDeletebeforereplace(difference.deleteBeforeReplace ?? false);
    if (difference.detailed !== undefined) {
        response.setHasdetaileddiff(true);
        for (const [path, change] of Object.entries(difference.detailed)) {
            const one = new pb.PropertyDiff();
            one.setKind(KINDS[change.kind]);
            one.setInputdiff(change.inputDiff ?? false);
            response.getDetaileddiffMap().set(path, one);
        }
    }
    return response;
}

/**
 * An error as gRPC carries it. `InitFailed` becomes the "init failed" detail in the trailer
 * `grpc-status-details-bin` (as @pulumi/pulumi's provider/server.js packs it).
 */
export function grpcError(error: unknown, secretsFrom: Properties): Partial<grpc.StatusObject> {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof InitFailed)) return { code: grpc.status.UNKNOWN, details: message };
    const detail = new pb.ErrorResourceInitFailed();
    detail.setId(error.id);
    detail.setProperties(toStruct(keepSecrets(error.outputs, secretsFrom)));
    detail.setReasonsList(error.reasons);
    if (error.inputs !== undefined) {
        detail.setInputs(toStruct(annotateSecrets(error.inputs, secretsFrom) as Properties));
    }
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const packed = new status.Status();
    packed.setCode(grpc.status.UNKNOWN);
    packed.setMessage(message);
    packed.addDetails(any);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(packed.serializeBinary()));
    return { code: grpc.status.UNKNOWN, details: message, metadata };
}
