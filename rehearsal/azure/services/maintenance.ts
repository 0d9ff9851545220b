/** Maintenance configurations of a cluster (aks.md 2.4: three names, windows of at least four hours). */
import { ArmError, child, type JsonObject, partsOf, text } from "../arm";
import type { Azure } from "../azure";
import type { Route } from "../router";
import { VERSIONS } from "./container-service";
import { CLUSTER_PATH } from "./managed-clusters";
import { simpleRoutes } from "./simple";

const TYPE = "Microsoft.ContainerService/managedClusters/maintenanceConfigurations";
const NAMES = ["default", "aksManagedAutoUpgradeSchedule", "aksManagedNodeOSUpgradeSchedule"];

/** Routes of maintenance configurations. */
export function maintenanceRoutes(azure: Azure): Route[] {
    return simpleRoutes(azure, {
        type: TYPE,
        path: `${CLUSTER_PATH}/maintenanceConfigurations/{name}`,
        versions: VERSIONS,
        make: ({ body }, id) => {
            const cluster = id.split(/\/maintenanceConfigurations\//i)[0] ?? "";
            if (azure.store.get(cluster) === undefined) {
                const message = `The Resource 'Microsoft.ContainerService/managedClusters/${partsOf(cluster).name}' was not found.`;
                throw new ArmError(404, "ParentResourceNotFound", message);
            }
            const { name } = partsOf(id);
            refuse(name, child(body, "properties"));
            return { id, name, type: TYPE, properties: child(body, "properties") };
        },
    });
}

/** The rules are documented, the texts are the stand-in's own. */
function refuse(name: string, properties: JsonObject): void {
    const invalid = (message: string, target: string): ArmError =>
        new ArmError(400, "InvalidParameter", message, { target });
    if (!NAMES.includes(name)) {
        throw invalid(
            `Maintenance configuration name '${name}' is not one of ${NAMES.join(", ")}.`,
            "configName",
        );
    }
    if (!("maintenanceWindow" in properties)) return;
    const window = child(properties, "maintenanceWindow");
    const hours = Number(window["durationHours"] ?? 24);
    if (!(hours >= 4 && hours <= 24)) {
        throw invalid(
            `maintenanceWindow.durationHours ${hours} is not within 4 to 24.`,
            "maintenanceWindow.durationHours",
        );
    }
    if (!/^([01]\d|2[0-3]):[0-5]\d$/.test(text(window, "startTime") ?? "")) {
        throw invalid(
            `maintenanceWindow.startTime '${String(window["startTime"])}' is not HH:mm.`,
            "maintenanceWindow.startTime",
        );
    }
    if ("daily" in child(window, "schedule") && name !== "aksManagedNodeOSUpgradeSchedule") {
        throw invalid(
            "A daily schedule is only allowed for aksManagedNodeOSUpgradeSchedule.",
            "maintenanceWindow.schedule.daily",
        );
    }
}
