/** The random provider: values made once, replaced when an input changes. */
import { changes, formatPath } from "../plugin/diff";
import type { PropertyChange, Provider } from "../plugin/provider";
import type { Properties } from "../plugin/values";
import { kindOf, planned, refuse } from "./resources";

const REPLACE = { add: "addReplace", delete: "deleteReplace", update: "updateReplace" } as const;

/** Inputs with the provider's defaults: a default that becomes explicit is no change (Terraform compares the plan with the state). */
const effective = (type: string, inputs: Properties): Properties => ({ ...kindOf(type).defaults, ...inputs });

/** The provider; no state of its own, so one object serves every run. */
export const random: Provider = {
    name: "random",
    version: "4.21.2",
    handshake: true,
    diffConfig: () => ({ changes: false }),
    configure: () => undefined,
    check: ({ type, news }) => ({ inputs: news, failures: refuse(kindOf(type), news) }),
    diff: ({ type, oldInputs, news }) => {
        const found = changes(effective(type, oldInputs), effective(type, news));
        const detailed: Record<string, PropertyChange> = {};
        for (const { segments, kind } of found) {
            detailed[formatPath(segments)] = { kind: REPLACE[kind], inputDiff: true };
        }
        return { changes: found.length > 0, replaces: Object.keys(detailed), detailed };
    },
    create: async ({ type, inputs, preview }) => {
        const kind = kindOf(type);
        if (preview) return { id: "", outputs: planned(kind, inputs) };
        const all = effective(type, inputs);
        const { id, outputs } = kind.make(all);
        return { id, outputs: { ...all, ...outputs } };
    },
    // There is nothing behind the state that could have changed.
    read: async ({ id, inputs, outputs }) => ({ id, inputs, outputs }),
    // Every change replaces, so an update can only come from a state that another version wrote.
    update: async ({ type, olds, inputs }) => ({ outputs: { ...olds, ...effective(type, inputs) } }),
    delete: async () => undefined,
    invoke: async (token) => {
        throw new Error(`the random provider has no function ${token}`);
    },
};
