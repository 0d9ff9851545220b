import * as pulumi from "@pulumi/pulumi";
import type { JsonObject, ManifestDocument } from "../cilium/manifest/document";
import { documentId } from "../cilium/validation/finding";
import type { CiliumPoliciesArgs } from "./cilium-policies-args";
import { isPlain } from "./plain";
import { checked, documentOf, neededTier, readPolicies, refuse } from "./policy-documents";

/** A document, and what the resource gets as its content: the same, or an output that was checked on the way. */
export interface PolicyObject extends ManifestDocument {
    /** Everything but apiVersion, kind and metadata. */
    readonly content: pulumi.Input<{ [key: string]: unknown }>;
    readonly metadata: { readonly [key: string]: unknown };
}

/** A document of a file as an object to apply. */
export function fromDocument(document: ManifestDocument): PolicyObject {
    const { apiVersion: _, kind: __, metadata, ...content } = document.value;
    return {
        ...document,
        locate: document.locate.bind(document),
        content,
        metadata: (metadata ?? {}) as JsonObject,
    };
}

/** The documents of the files and plain objects; those that need an ACNS tier come once the cluster has it. */
export function plainPolicies(args: CiliumPoliciesArgs): PolicyObject[] {
    const documents = readPolicies(args);
    const { enforcedTiers } = args;
    if (enforcedTiers === undefined) return documents.map(fromDocument);
    const needed = neededTier(documents, args);
    return documents.map((document) => {
        const object = fromDocument(document);
        const tier = needed(document);
        const waited = tier === "fqdn" || tier === "l7" ? enforcedTiers[tier] : undefined;
        if (waited === undefined) return object;
        const enforced = pulumi.output(waited);
        const entries = Object.entries(object.content).map(([key, value]) => [
            key,
            enforced.apply(() => value as unknown),
        ]);
        return { ...object, content: Object.fromEntries(entries) as PolicyObject["content"] };
    });
}

/**
 * Objects with outputs in them: checked as soon as all of those are known, and applied only then.
 * @throws RunError when kind or name of one is an output: names decide which resources there are
 */
export function deferredObjects(args: CiliumPoliciesArgs): PolicyObject[] {
    return (args.objects ?? []).flatMap((object, index) => {
        if (isPlain(object)) return [];
        const { apiVersion, kind, metadata } = object as { [key: string]: unknown };
        const name = (metadata as { name?: unknown } | undefined)?.name;
        if (![apiVersion, kind, metadata, name].every((part) => isPlain(part)) || typeof name !== "string")
            throw new pulumi.RunError(
                `${source(index)}: apiVersion, kind and metadata must be known values: they name the resource. Only the rest may be an output.`,
            );
        const shape = documentOf(object as JsonObject, source(index));
        sayUnknown(shape, object);
        return [{ ...shape, metadata: metadata as JsonObject, content: checkedContent(object, shape, args) }];
    });
}

/** Judged among the others: whether DNS is let through, say, is not for one policy to tell. */
function checkedContent(
    object: object,
    shape: ManifestDocument,
    args: CiliumPoliciesArgs,
): PolicyObject["content"] {
    return pulumi.output(object).apply((known) => {
        const document = documentOf(known as JsonObject, shape.file);
        const findings = checked([...readPolicies(args), document], args);
        refuse(
            args,
            findings.filter(({ file }) => file === shape.file),
        );
        return fromDocument(document).content as { [key: string]: unknown };
    });
}

/** Names what a preview cannot know yet, instead of guessing a verdict. */
function sayUnknown(document: ManifestDocument, object: object): void {
    const leaves = outputsIn(object, "");
    void Promise.all(leaves.map(async ([path, output]) => ((await isKnown(output)) ? [] : [path]))).then(
        (paths) => {
            const unknown = paths.flat();
            if (unknown.length > 0)
                return pulumi.log.info(
                    `${document.kind} ${documentId(document)} is checked when it is created: not known yet are ${unknown.join(", ")}`,
                );
        },
    );
}

/** Not in the SDK's types, yet what its own serializer asks. */
function isKnown(output: pulumi.Output<unknown>): Promise<boolean> {
    return (output as unknown as { isKnown: Promise<boolean> }).isKnown;
}

function outputsIn(value: unknown, path: string): [string, pulumi.Output<unknown>][] {
    if (pulumi.Output.isInstance(value)) return [[path, value]];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([key, inner]) =>
        outputsIn(inner, Array.isArray(value) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`),
    );
}

function source(index: number): string {
    return `objects[${index}]`;
}
