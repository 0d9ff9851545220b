import { AksCiliumCluster } from "../../components/aks-cilium-cluster";
import type { AksCiliumClusterArgs } from "../../components/aks-cilium-cluster-args";
import { record } from "./support/recorder";

const DEV: AksCiliumClusterArgs = {
    location: "westeurope",
    kubernetesVersion: "1.35",
    tier: "free",
    systemPool: { vmSize: "Standard_B2s", count: 1 },
    protectFromDeletion: false,
    production: false,
};

describe.each([true, false])("preview %s", (preview) => {
    test("x", async () => {
        const { resources, calls } = await record(() => {
            new AksCiliumCluster("aks", DEV);
        }, preview);
        expect(resources.length).toBe(5);
        expect(calls.length).toBe(preview ? 0 : 1);
    });
});
