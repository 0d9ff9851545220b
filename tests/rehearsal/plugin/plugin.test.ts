/** The frame around providers: values, secrets, paths, and the service over real gRPC. */
import * as grpc from "@grpc/grpc-js";
import { ResourceProviderClient } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import * as fc from "fast-check";
import { changes, formatPath } from "../../../rehearsal/plugin/diff";
import { fromStruct, toStruct } from "../../../rehearsal/plugin/messages";
import { InitFailed, type Provider } from "../../../rehearsal/plugin/provider";
import { service } from "../../../rehearsal/plugin/server";
import {
    annotateSecrets,
    equal,
    hasUnknown,
    isSecret,
    secret,
    UNKNOWN,
    unwrapSecrets,
    type Value,
} from "../../../rehearsal/plugin/values";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";

const json = fc.letrec<{ value: Value }>((tie) => ({
    value: fc.oneof(
        { maxDepth: 3 },
        fc.constant(null),
        fc.boolean(),
        fc.integer(),
        fc.string(),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), tie("value"), { maxKeys: 3 }),
    ),
})).value;

describe("values", () => {
    it("finds no change between equal values, and one where they differ", () => {
        fc.assert(
            fc.property(json, json, (a, b) => {
                expect(changes(a, structuredClone(a))).toEqual([]);
                expect(changes(a, b).length === 0).toBe(equal(a, b));
            }),
        );
    });

    it("takes secrets off and puts them back where they were", () => {
        fc.assert(
            fc.property(json, (value) => {
                const marked = { plain: value, hidden: secret(value) };
                expect(unwrapSecrets(marked)).toEqual({ plain: value, hidden: value });
                expect(annotateSecrets({ plain: value, hidden: value }, marked)).toEqual(marked);
            }),
        );
    });

    it("marks a whole array when one element was secret", () => {
        const marked = annotateSecrets({ list: [1, 2, 3] }, { list: [secret(1), 2] });
        expect(isSecret((marked as { list: Value }).list)).toBe(true);
    });

    it("writes paths as the engine does", () => {
        expect(formatPath(["metadata", "labels", "a/b"])).toBe('metadata.labels["a/b"]');
        expect(formatPath(["spec", "ingress", 0, "toPorts"])).toBe("spec.ingress[0].toPorts");
    });

    it("sees an unknown at any depth", () => {
        expect(hasUnknown({ a: [{ b: UNKNOWN }] })).toBe(true);
        expect(hasUnknown({ a: [{ b: "x" }] })).toBe(false);
    });
});

/** A provider that echoes. */
const echo: Provider = {
    name: "echo",
    version: "1.0.0",
    handshake: false,
    diffConfig: () => ({ changes: undefined }),
    configure: () => undefined,
    check: ({ news }) => ({ inputs: news, failures: [{ property: "a", reason: "because" }] }),
    diff: () => ({
        changes: true,
        replaces: ["a"],
        detailed: { a: { kind: "updateReplace", inputDiff: true } },
    }),
    create: async ({ inputs }) => {
        if (inputs["fail"] === true)
            throw new InitFailed("half made", "id-1", { ...inputs }, inputs, ["reason one"]);
        return { id: "id-1", outputs: { ...inputs, made: true } };
    },
    read: async () => undefined,
    update: async ({ inputs }) => ({ outputs: inputs }),
    delete: async () => {
        throw new Error("no");
    },
    invoke: async (_, args) => ({ result: args }),
};

describe("service", () => {
    let server: grpc.Server;
    let client: ResourceProviderClient;

    beforeAll(async () => {
        server = new grpc.Server();
        server.addService(
            ResourceProviderService,
            service(echo, () => undefined),
        );
        const port = await new Promise<number>((resolve, reject) =>
            server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
                error === null ? resolve(bound) : reject(error),
            ),
        );
        client = new ResourceProviderClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
    });
    afterAll(() => {
        client.close();
        server.forceShutdown();
    });

    const create = (inputs: Record<string, Value>): Promise<pb.CreateResponse> => {
        const request = new pb.CreateRequest();
        request.setUrn("urn:pulumi:dev::p::echo:index:Thing::x");
        request.setProperties(toStruct(inputs));
        return new Promise((resolve, reject) =>
            client.create(request, (error, response) => (error === null ? resolve(response) : reject(error))),
        );
    };

    it("gives inputs without envelopes to the provider and answers with them on", async () => {
        const response = await create({ open: "1", hidden: secret("2") });
        expect(response.getId()).toBe("id-1");
        expect(fromStruct(response.getProperties())).toEqual({ open: "1", hidden: secret("2"), made: true });
    });

    it("sends a half-made resource as a detail that the engine understands, secrets still marked", async () => {
        const error = (await create({ fail: true, hidden: secret("2") }).catch(
            (thrown: unknown) => thrown,
        )) as grpc.ServiceError;
        expect(error.details).toBe("half made");
        const [packed] = error.metadata.get("grpc-status-details-bin");
        const [detail] = Status.deserializeBinary(packed as Buffer).getDetailsList();
        expect(detail?.getTypeName()).toBe("pulumirpc.ErrorResourceInitFailed");
        const failed = pb.ErrorResourceInitFailed.deserializeBinary(
            detail?.getValue_asU8() ?? new Uint8Array(),
        );
        expect(failed.getReasonsList()).toEqual(["reason one"]);
        expect(fromStruct(failed.getProperties())["hidden"]).toEqual(secret("2"));
    });

    it("answers Handshake as unimplemented where the released provider does", async () => {
        const request = new pb.ProviderHandshakeRequest();
        const error = await new Promise<grpc.ServiceError | null>((resolve) =>
            client.handshake(request, (thrown) => resolve(thrown)),
        );
        expect(error?.code).toBe(grpc.status.UNIMPLEMENTED);
    });

    it("says that the engine is to compare configurations itself", async () => {
        const response = await new Promise<pb.DiffResponse>((resolve, reject) =>
            client.diffConfig(new pb.DiffRequest(), (error, answer) =>
                error === null ? resolve(answer) : reject(error),
            ),
        );
        expect(response.getChanges()).toBe(0);
    });
});
