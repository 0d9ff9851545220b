import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { clusterFolder, stackKubeconfig } from "../../../rehearsal/engine/state";
import { placesOf } from "../../../rehearsal/places";

const id = (group: string, name: string) =>
    `/subscriptions/s/resourceGroups/${group}/providers/Microsoft.ContainerService/managedClusters/${name}`;

describe("which cluster a stack's kubectl talks to", () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "state-"));
    const places = placesOf({ AKS_CILIUM_REHEARSAL: path.join(folder, "state") });
    fs.writeFileSync(path.join(folder, "Pulumi.yaml"), 'name: "aks-cilium"\n');
    afterAll(() => fs.rmSync(folder, { recursive: true }));

    const cluster = (name: string) => {
        const file = path.join(places.clusters, name, "kubeconfig");
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, "");
        return file;
    };
    const state = (...resources: object[]) => {
        const file = path.join(places.backend, ".pulumi", "stacks", "aks-cilium", "dev.json");
        fs.mkdirSync(path.dirname(file), { recursive: true });
        fs.writeFileSync(file, JSON.stringify({ checkpoint: { latest: { resources } } }));
    };
    const resource = (name: string, more: object = {}) => ({
        type: "azure-native:containerservice:ManagedCluster",
        id: id("RG", name),
        ...more,
    });
    const found = () => stackKubeconfig(places, folder, "dev");

    test("the one in its state, not one on its way out, not a stranger's", () => {
        expect(found()).toBeUndefined();
        const old = cluster("rg_old");
        expect(found()).toBe(old);
        const next = cluster("rg_new");
        expect(found()).toBeUndefined();
        state(resource("New"), resource("old", { delete: true }));
        expect(found()).toBe(next);
    });

    test("folders are named as the stand-in of Azure names them", () => {
        expect(clusterFolder(id("Rg", "Aks"))).toBe("rg_aks");
        expect(clusterFolder("/subscriptions/s/resourceGroups/rg")).toBeUndefined();
    });
});
