/**
 * A stand-in for the Pulumi engine: resource monitor and engine service of one run, on 127.0.0.1 (pulumi facts 3.2).
 *
 * It records what the program registers and answers as the engine would on a first update, with the outputs of
 * `answers.ts` in place of providers. It is not the engine: no state, no diff, no provider's Check.
 * Left out, and not advertised to the program: transforms, hooks, output values, remote components.
 */
import * as grpc from "@grpc/grpc-js";
import { EngineService, type IEngineServer } from "@pulumi/pulumi/proto/engine_grpc_pb";
import * as enginePb from "@pulumi/pulumi/proto/engine_pb";
import { type IResourceMonitorServer, ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/resource_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { fromStruct, toStruct } from "../plugin/messages";
import { isObject, type Properties, unwrapSecrets } from "../plugin/values";
import { answerCreate, answerInvoke } from "./answers";
import type { Mode } from "./launch";
import type { Project } from "./project";
import { type PlannedResource, plannedResource, urnOf } from "./resource";

/** A line of the program's log (`pulumi.log`, uncaught errors). */
export interface LogLine {
    readonly severity: "debug" | "info" | "warning" | "error";
    readonly message: string;
    /** The resource it is about; empty when about none. */
    readonly urn: string;
}

/** What a program did, growing while it runs. */
export interface Recording {
    /** In the order of registration. */
    readonly resources: PlannedResource[];
    /** The stack's outputs; empty when the program ended before it had any. */
    outputs: Properties;
    readonly invokes: { readonly token: string; readonly args: Properties; readonly provider: string }[];
    readonly logs: LogLine[];
}

/** A running stand-in. */
export interface Engine {
    /** `127.0.0.1:PORT`. */
    readonly address: string;
    readonly recording: Recording;
    /** Ends it; calls under way are cut. */
    readonly stop: () => void;
}

/** What the stand-in knows beside the program. */
export interface EngineOptions {
    /** Outputs of other stacks by the name a StackReference asks for; one that is not here fails as in the engine. */
    readonly stackReferences?: Readonly<Record<string, Properties>>;
}

const FEATURES: pb.ResourceMonitorFeature[] = [
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_SECRETS,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_REPLACE_WITH,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_REPLACEMENT_TRIGGER,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
    pb.ResourceMonitorFeature.RESOURCE_MONITOR_FEATURE_INVOKE_DEPENDS_ON,
];

const SEVERITIES = ["debug", "info", "warning", "error"] as const;

/** Starts a stand-in on a free port for one run of one project. */
export async function startEngine(
    project: Project,
    mode: Mode,
    options: EngineOptions = {},
): Promise<Engine> {
    const recording: Recording = { resources: [], outputs: {}, invokes: [], logs: [] };
    const server = new grpc.Server();
    server.addService(EngineService, engineService(recording));
    server.addService(ResourceMonitorService, monitorService(project, mode, recording, options));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error === null ? resolve(bound) : reject(error),
        );
    });
    return { address: `127.0.0.1:${port}`, recording, stop: () => server.forceShutdown() };
}

function monitorService(
    project: Project,
    mode: Mode,
    recording: Recording,
    { stackReferences = {} }: EngineOptions,
): IResourceMonitorServer {
    const withoutDefaultProvider = disabledDefaultProviders(project);
    const info = new pb.DeploymentInfo();
    info.setProject(project.name);
    info.setStack(project.stack);
    info.setOrganization("organization");
    info.setDryrun(mode === "preview");
    info.setParallel(16);
    info.setConfigsecretkeysList([...project.secretKeys]);
    info.setSupportedfeaturesList(FEATURES);
    const pending = new Set<string>();
    const refuseDefaultProvider = (type: string, provider: string): void => {
        const packageName = type.split(":")[0] ?? "";
        if (provider !== "" || !withoutDefaultProvider.includes(packageName)) return;
        // The engine's words (pulumi/pulumi pkg/resource/deploy/default_providers.go).
        throw new Error(
            `Default provider for '${packageName}' disabled. '${type}' must use an explicit provider.`,
        );
    };
    return {
        getDeploymentInfo: unary(() => info),
        supportsFeature: unary(() => new pb.SupportsFeatureResponse()),
        registerPackage: unary((request: pb.RegisterPackageRequest) => {
            const response = new pb.RegisterPackageResponse();
            response.setRef(`${request.getName()}@${request.getVersion()}`);
            return response;
        }),
        registerResource: unary((request: pb.RegisterResourceRequest) => {
            if (request.getCustom()) refuseDefaultProvider(request.getType(), request.getProvider());
            const resource = plannedResource(project, request);
            recording.resources.push(resource);
            if (request.getCustom()) pending.add(resource.urn);
            const { id, outputs } = request.getCustom()
                ? answerCreate(resource, mode)
                : { id: "", outputs: resource.inputs };
            const response = new pb.RegisterResourceResponse();
            response.setUrn(resource.urn);
            response.setId(id);
            response.setObject(toStruct(outputs));
            return response;
        }),
        registerResourceOutputs: unary((request: pb.RegisterResourceOutputsRequest) => {
            const isStack = request.getUrn().split("::")[2] === "pulumi:pulumi:Stack";
            if (isStack) recording.outputs = fromStruct(request.getOutputs());
            return new Empty();
        }),
        readResource: unary((request: pb.ReadResourceRequest) => {
            const inputs = fromStruct(request.getProperties());
            const response = new pb.ReadResourceResponse();
            response.setUrn(urnOf(project, request.getParent(), request.getType(), request.getName()));
            response.setProperties(
                toStruct(
                    request.getType() === "pulumi:pulumi:StackReference"
                        ? referencedStack(request.getName(), inputs, stackReferences)
                        : inputs,
                ),
            );
            return response;
        }),
        invoke: unary((request: pb.ResourceInvokeRequest) => {
            const token = request.getTok();
            refuseDefaultProvider(token, request.getProvider());
            const args = fromStruct(request.getArgs());
            const response = new pb.ResourceInvokeResponse();
            // Nothing exists in a first preview, so what depends on a resource is not asked (engine: HasUnresolved).
            if (mode === "preview" && request.getDependsonList().some((urn) => pending.has(urn))) {
                response.setUnknown(true);
                return response;
            }
            recording.invokes.push({ token, args, provider: request.getProvider() });
            response.setReturn(toStruct(answerInvoke(token, unwrapSecrets(args), project)));
            return response;
        }),
        signalAndWaitForShutdown: unary(() => new Empty()),
    } as unknown as IResourceMonitorServer;
}

function engineService(recording: Recording): IEngineServer {
    let rootUrn = "";
    return {
        log: unary((request: enginePb.LogRequest) => {
            recording.logs.push({
                severity: SEVERITIES[request.getSeverity()] ?? "info",
                message: request.getMessage(),
                urn: request.getUrn(),
            });
            return new Empty();
        }),
        getRootResource: unary(() => {
            const response = new enginePb.GetRootResourceResponse();
            response.setUrn(rootUrn);
            return response;
        }),
        setRootResource: unary((request: enginePb.SetRootResourceRequest) => {
            rootUrn = request.getUrn();
            return new enginePb.SetRootResourceResponse();
        }),
        requirePulumiVersion: unary(() => new enginePb.RequirePulumiVersionResponse()),
    } as unknown as IEngineServer;
}

function referencedStack(
    name: string,
    inputs: Properties,
    stacks: Readonly<Record<string, Properties>>,
): Properties {
    const asked = typeof inputs["name"] === "string" ? inputs["name"] : name;
    const outputs = stacks[asked];
    if (outputs === undefined) throw new Error(`unknown stack "${asked}"`);
    return { name: asked, outputs, secretOutputNames: [] };
}

/** `pulumi:disable-default-providers` of the stack: package names, "*" for all but Pulumi's own. */
function disabledDefaultProviders(project: Project): string[] {
    const setting = project.config["pulumi:disable-default-providers"];
    if (setting === undefined) return [];
    const names: unknown = JSON.parse(setting);
    return Array.isArray(names) ? names.map(String) : isObject(names as Properties) ? [] : [String(names)];
}

/** A handler whose error reaches the program as the engine's do: status UNKNOWN and the message. */
function unary<Request, Response>(
    answer: (request: Request) => Response,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        try {
            callback(null, answer(call.request));
        } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            callback({ code: grpc.status.UNKNOWN, message, details: message } as grpc.ServiceError);
        }
    };
}
