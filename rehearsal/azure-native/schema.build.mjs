// Writes schema.json: inputs and outputs of the resources that the stand-in knows, read from the type declarations of
// @pulumi/azure-native. Run it after that package changes: `node rehearsal/azure-native/schema.build.mjs`.
// A type is written `string`, `number`, `boolean`, `any`, `#Name` (in "types"), `[]TYPE` or `{}TYPE`; `name!` is required.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const here = dirname(fileURLToPath(import.meta.url));
const sdk = dirname(createRequire(import.meta.url).resolve("@pulumi/azure-native/package.json"));
const RESOURCES = [
    "resources/ResourceGroup",
    "containerservice/ManagedCluster",
    "containerservice/AgentPool",
    "containerservice/MaintenanceConfiguration",
    "authorization/RoleAssignment",
    "authorization/ManagementLockByScope",
    "authorization/ManagementLockAtResourceGroupLevel",
    "managedidentity/UserAssignedIdentity",
];

const parse = (file) =>
    ts.createSourceFile(file, readFileSync(join(sdk, file), "utf8"), ts.ScriptTarget.Latest, true);
const interfaces = { inputs: new Map(), outputs: new Map() };
for (const [side, file] of [
    ["inputs", "types/input.d.ts"],
    ["outputs", "types/output.d.ts"],
]) {
    const walk = (node, path) => {
        if (ts.isModuleDeclaration(node))
            node.body.forEachChild((inner) => walk(inner, [...path, node.name.text]));
        else if (ts.isInterfaceDeclaration(node))
            interfaces[side].set([...path, node.name.text].join("."), node);
    };
    parse(file).forEachChild((node) => walk(node, []));
}

const types = {};
const pending = [];

/** The written form of a type. */
function form(node) {
    if (node === undefined) return "any";
    if (ts.isUnionTypeNode(node)) {
        const kinds = [
            ...new Set(node.types.filter((one) => one.kind !== ts.SyntaxKind.UndefinedKeyword).map(form)),
        ];
        return kinds.length === 1 ? kinds[0] : "any";
    }
    if (ts.isParenthesizedTypeNode(node)) return form(node.type);
    if (ts.isArrayTypeNode(node)) return `[]${form(node.elementType)}`;
    if (ts.isTypeLiteralNode(node)) return `{}${form(node.members[0]?.type)}`;
    if (ts.isLiteralTypeNode(node)) return "string";
    if (ts.isTypeReferenceNode(node)) {
        const name = node.typeName.getText();
        if (/^pulumi\.(Input|Output)$/.test(name)) return form(node.typeArguments[0]);
        const [side, ...rest] = name.split(".");
        if (side === "enums") return "string";
        if (side in interfaces) {
            const key = `${side}.${rest.join(".")}`;
            if (!(key in types)) {
                types[key] = {};
                pending.push(key);
            }
            return `#${key}`;
        }
    }
    const primitive = {
        [ts.SyntaxKind.StringKeyword]: "string",
        [ts.SyntaxKind.NumberKeyword]: "number",
        [ts.SyntaxKind.BooleanKeyword]: "boolean",
    };
    return primitive[node.kind] ?? "any";
}

const members = (node) =>
    Object.fromEntries(
        node.members
            .filter((member) => ts.isPropertySignature(member) || ts.isPropertyDeclaration(member))
            .filter((member) => !member.modifiers?.some((one) => one.kind === ts.SyntaxKind.StaticKeyword))
            .map((member) => [
                member.name.getText() +
                    (member.questionToken === undefined && ts.isPropertySignature(member) ? "!" : ""),
                form(member.type),
            ])
            .sort(([a], [b]) => (a < b ? -1 : 1)),
    );

const resources = {};
for (const resource of RESOURCES) {
    const [module, name] = resource.split("/");
    const source = parse(`${module}/${name[0].toLowerCase()}${name.slice(1)}.d.ts`);
    const entry = { apiVersion: /Uses Azure REST API version (\S+)\./.exec(source.text)[1] };
    source.forEachChild((node) => {
        if (ts.isClassDeclaration(node)) entry.outputs = members(node);
        if (ts.isInterfaceDeclaration(node) && node.name.text === `${name}Args`) entry.inputs = members(node);
    });
    resources[`azure-native:${module}:${name}`] = entry;
}
while (pending.length > 0) {
    const key = pending.pop();
    const [side, ...rest] = key.split(".");
    const found = interfaces[side].get(rest.join("."));
    if (found === undefined) throw new Error(`${key}: no such interface`);
    types[key] = members(found);
}
const sorted = Object.fromEntries(Object.entries(types).sort(([a], [b]) => (a < b ? -1 : 1)));
const { version } = JSON.parse(readFileSync(join(sdk, "package.json"), "utf8"));
writeFileSync(
    join(here, "schema.json"),
    `${JSON.stringify({ version, resources, types: sorted }, null, 4)}\n`,
);
