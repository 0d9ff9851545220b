/**
 * The gRPC frame of a provider plug-in: Pulumi's ResourceProvider service on 127.0.0.1, the port on the first line of
 * stdout (pulumi facts 3.4). Modelled: configuration, custom resources, invokes. Left out: component resources
 * (Construct, Call), GetSchema with a real schema, Parameterize, streaming invokes.
 */
import * as grpc from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import * as plugin from "@pulumi/pulumi/proto/plugin_pb";
import { type IResourceProviderServer, ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { engineLog } from "./log";
import { diffResponse, failures, fromStruct, grpcError, keepSecrets, toStruct } from "./messages";
import type { Log, Provider, ResourceCall } from "./provider";
import { annotateSecrets, type Properties, unwrapSecrets } from "./values";

interface AboutResource {
    getUrn(): string;
    getName(): string;
    getType(): string;
}

/** Older engines leave name and type out of the message; both are in the URN. */
function about(request: AboutResource, timeout = 0): ResourceCall {
    const parts = request.getUrn().split("::");
    const type = (parts[2] ?? "").split("$").at(-1) ?? "";
    return { urn: request.getUrn(), type, name: parts.slice(3).join("::"), timeout };
}

type Answer<Request, Response> = (
    request: Request,
    /** Call with the inputs as they came, so that errors keep their secrets too. */
    remember: (inputs: Properties) => void,
) => Promise<Response> | Response;

/** Turns an async function into a gRPC handler. */
function unary<Request, Response>(
    answer: Answer<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        let inputs: Properties = {};
        Promise.resolve()
            .then(() => answer(call.request, (seen) => (inputs = seen)))
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback(grpcError(error, inputs)),
            );
    };
}

const MODES = ["propose", "enforce", "disable"] as const;

/** The service's methods over a provider; exported for tests, which call it without an engine. */
export function service(provider: Provider, log: Log): IResourceProviderServer {
    const methods: Record<string, unknown> = {
        getPluginInfo: unary(() => {
            const info = new plugin.PluginInfo();
            info.setVersion(provider.version);
            return info;
        }),
        getSchema: unary(() => {
            const response = new pb.GetSchemaResponse();
            response.setSchema(JSON.stringify({ name: provider.name, version: provider.version }));
            return response;
        }),
        checkConfig: unary((request: pb.CheckRequest) => {
            const olds = unwrapSecrets(fromStruct(request.getOlds()));
            const sent = fromStruct(request.getNews());
            const news = unwrapSecrets(sent);
            const checked = provider.checkConfig?.({ olds, news }) ?? { inputs: news, failures: [] };
            const response = new pb.CheckResponse();
            response.setInputs(toStruct(annotateSecrets(checked.inputs, sent) as Properties));
            response.setFailuresList(failures(checked.failures));
            return response;
        }),
        diffConfig: unary((request: pb.DiffRequest) => {
            const olds = unwrapSecrets(fromStruct(request.getOlds()));
            const old = request.getOldInputs();
            const oldInputs = old === undefined ? olds : unwrapSecrets(fromStruct(old));
            const news = unwrapSecrets(fromStruct(request.getNews()));
            return diffResponse(provider.diffConfig({ olds, oldInputs, news }));
        }),
        configure: unary(async (request: pb.ConfigureRequest) => {
            await provider.configure(unwrapSecrets(fromStruct(request.getArgs())), log);
            const response = new pb.ConfigureResponse();
            response.setAcceptsecrets(true);
            response.setSupportspreview(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        }),
        check: unary(async (request: pb.CheckRequest) => {
            const sent = fromStruct(request.getNews());
            const olds = fromStruct(request.getOlds());
            const options = request.getAutonaming();
            const checked = await provider.check({
                ...about(request),
                olds: unwrapSecrets(olds),
                news: unwrapSecrets(sent),
                seed: request.getRandomseed_asU8(),
                autonaming: options && {
                    mode: MODES[options.getMode()] ?? "propose",
                    proposedName: options.getProposedName(),
                },
            });
            const response = new pb.CheckResponse();
            response.setInputs(toStruct(annotateSecrets(checked.inputs, sent) as Properties));
            response.setFailuresList(failures(checked.failures));
            return response;
        }),
        diff: unary(async (request: pb.DiffRequest) =>
            diffResponse(
                await provider.diff({
                    ...about(request),
                    id: request.getId(),
                    olds: unwrapSecrets(fromStruct(request.getOlds())),
                    oldInputs: unwrapSecrets(fromStruct(request.getOldInputs())),
                    news: unwrapSecrets(fromStruct(request.getNews())),
                    ignoreChanges: request.getIgnorechangesList(),
                }),
            ),
        ),
        create: unary(async (request: pb.CreateRequest, remember) => {
            const sent = fromStruct(request.getProperties());
            remember(sent);
            const { id, outputs } = await provider.create({
                ...about(request, request.getTimeout()),
                inputs: unwrapSecrets(sent),
                preview: request.getPreview(),
            });
            const response = new pb.CreateResponse();
            response.setId(request.getPreview() ? "" : id);
            response.setProperties(toStruct(keepSecrets(outputs, sent)));
            return response;
        }),
        read: unary(async (request: pb.ReadRequest, remember) => {
            const inputs = fromStruct(request.getInputs());
            const outputs = fromStruct(request.getProperties());
            remember(inputs);
            const found = await provider.read({
                ...about(request),
                id: request.getId(),
                inputs: unwrapSecrets(inputs),
                outputs: unwrapSecrets(outputs),
            });
            const response = new pb.ReadResponse();
            if (found !== undefined) {
                response.setId(found.id);
                response.setProperties(toStruct(keepSecrets(found.outputs, inputs, outputs)));
                response.setInputs(toStruct(keepSecrets(found.inputs, inputs)));
            }
            return response;
        }),
        update: unary(async (request: pb.UpdateRequest, remember) => {
            const sent = fromStruct(request.getNews());
            remember(sent);
            const { outputs } = await provider.update({
                ...about(request, request.getTimeout()),
                id: request.getId(),
                olds: unwrapSecrets(fromStruct(request.getOlds())),
                oldInputs: unwrapSecrets(fromStruct(request.getOldInputs())),
                inputs: unwrapSecrets(sent),
                preview: request.getPreview(),
                ignoreChanges: request.getIgnorechangesList(),
            });
            const response = new pb.UpdateResponse();
            response.setProperties(toStruct(keepSecrets(outputs, sent)));
            return response;
        }),
        delete: unary(async (request: pb.DeleteRequest, remember) => {
            remember(fromStruct(request.getProperties()));
            await provider.delete({
                ...about(request, request.getTimeout()),
                id: request.getId(),
                outputs: unwrapSecrets(fromStruct(request.getProperties())),
                oldInputs: unwrapSecrets(fromStruct(request.getOldInputs())),
            });
            return new Empty();
        }),
        invoke: unary(async (request: pb.InvokeRequest) => {
            const args = unwrapSecrets(fromStruct(request.getArgs()));
            const { result, failures: refused } = await provider.invoke(request.getTok(), args);
            const response = new pb.InvokeResponse();
            response.setReturn(toStruct(result));
            response.setFailuresList(failures(refused ?? []));
            return response;
        }),
        cancel: unary(() => {
            provider.cancel?.();
            return new Empty();
        }),
        attach: unary(() => new Empty()),
    };
    if (provider.handshake) {
        methods["handshake"] = unary(() => {
            const response = new pb.ProviderHandshakeResponse();
            response.setAcceptSecrets(true);
            response.setSupportsAutonamingConfiguration(true);
            return response;
        });
    }
    const missing: grpc.handleUnaryCall<unknown, unknown> = (call, callback) =>
        callback({
            code: grpc.status.UNIMPLEMENTED,
            details: `${call.getPath()}: not part of this stand-in`,
        });
    return Object.fromEntries(
        Object.keys(ResourceProviderService).map((name) => [name, methods[name] ?? missing]),
    ) as unknown as IResourceProviderServer;
}

/**
 * Serves a provider until the engine ends the process.
 * @param provider what answers
 * @param argv the plug-in's arguments; the last one is the engine's address
 */
export function serve(provider: Provider, argv: string[]): void {
    // An engine that was killed sends no Cancel; without this its plug-ins would stay for ever.
    const parent = process.ppid;
    setInterval(() => process.ppid !== parent && process.exit(0), 1000).unref();
    const size = 400 * 1024 * 1024; // the engine's own limit for messages
    const server = new grpc.Server({
        "grpc.max_receive_message_length": size,
        "grpc.max_send_message_length": size,
    });
    server.addService(ResourceProviderService, service(provider, engineLog(argv.at(-1))));
    server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
        if (error !== null) {
            process.stderr.write(`${provider.name}: cannot listen on 127.0.0.1: ${error.message}\n`);
            process.exit(1);
        }
        process.stdout.write(`${port}\n`);
    });
}
