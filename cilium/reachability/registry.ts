import type { Model } from "./model";
import type { Reachability } from "./types";

/** The model behind what callers hold, for parts of this folder that need more than the interface shows. */
const models = new WeakMap<Reachability, Model>();

export function register(reachability: Reachability, model: Model): void {
    models.set(reachability, model);
}

/** @throws TypeError for an object that `buildReachability` did not make */
export function modelOf(reachability: Reachability): Model {
    const model = models.get(reachability);
    if (model === undefined) throw new TypeError("not a model made by buildReachability");
    return model;
}
