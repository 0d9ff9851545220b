import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { isNamed, readFaults } from "../../../rehearsal/cluster/faults";

describe("cluster-faults.json", () => {
    const state = fs.mkdtempSync(path.join(os.tmpdir(), "cluster-faults-"));
    const write = (text: string) => fs.writeFileSync(path.join(state, "cluster-faults.json"), text);
    afterAll(() => fs.rmSync(state, { recursive: true, force: true }));

    test("no file, no faults", () => {
        expect(readFaults(state)).toEqual({ crdDelaySeconds: 0, notReady: [], stopped: [] });
    });

    test("what is left out is no fault", () => {
        write('{"notReady":["kube-system/cilium-*"]}');
        expect(readFaults(state)).toEqual({
            crdDelaySeconds: 0,
            notReady: ["kube-system/cilium-*"],
            stopped: [],
        });
    });

    test.each([
        ['{"notready":[]}', "notready: []"],
        ['{"stopped":"etcd"}', 'stopped: "etcd"'],
        ['{"crdDelaySeconds":"20"}', 'crdDelaySeconds: "20"'],
    ])("%s is refused by name and value", (text, told) => {
        write(text);
        expect(() => readFaults(state)).toThrow(told);
    });
});

test.each([
    ["kube-system/cilium-*", "kube-system/cilium-x7k2p", true],
    ["kube-system/cilium-*", "kube-system/cilium-operator-1", true],
    ["kube-system/cilium-*", "other/cilium-x7k2p", false],
    ["*/orders", "shop/orders", true],
    ["shop/orders", "shop/orders-1", false],
    ["shop/a.b", "shop/aXb", false],
])("pattern %s, pod %s: %s", (pattern, pod, named) => {
    expect(isNamed([pattern], pod)).toBe(named);
});
