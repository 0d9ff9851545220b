import type { ServiceDefinition } from "../../reachability/types";

/** Whether a Service selects pods with these labels. */
export function selects({ selector }: ServiceDefinition, labels: Readonly<Record<string, string>>): boolean {
    const wanted = Object.entries(selector ?? {});
    return wanted.length > 0 && wanted.every(([key, value]) => labels[key] === value);
}
