import { defaultTimeout, planRestart, type Found } from "../../../cli/restart/plan";
import {
    isUnderWay,
    progressOf,
    RESTARTED_AT,
    type Pod,
    type Revision,
    type Workload,
} from "../../../cli/restart/rollout";
import { parseDuration } from "../../../cli/duration";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const revision = (number: number, hash: string): Revision => ({
    metadata: { labels: { "controller-revision-hash": hash }, ownerReferences: [{ uid: "ds" }] },
    revision: number,
});
const REVISIONS = [
    revision(2, "b"),
    revision(1, "a"),
    { ...revision(9, "z"), metadata: { ownerReferences: [{ uid: "other" }] } },
];
const daemonSet = (status: Workload["status"], restarted?: string, generation = 2): Workload => ({
    metadata: { name: "cilium", uid: "ds", generation },
    spec: {
        updateStrategy: { type: "RollingUpdate" },
        template: { metadata: { annotations: restarted === undefined ? {} : { [RESTARTED_AT]: restarted } } },
    },
    ...(status === undefined ? {} : { status }),
});
const pod = (name: string, hash: string, more: { ready?: boolean; leaving?: boolean } = {}): Pod => ({
    metadata: {
        name,
        labels: { "controller-revision-hash": hash },
        ...(more.leaving === true ? { deletionTimestamp: "2026-11-23T11:59:00Z" } : {}),
    },
    spec: { nodeName: `node-of-${name}` },
    status: { conditions: [{ type: "Ready", status: more.ready === false ? "False" : "True" }] },
});
const COMPLETE = {
    observedGeneration: 2,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberAvailable: 2,
};

describe("how far a rollout is |", () => {
    it("is done when all are new and available", () => {
        const { done, ready, desired } = progressOf(
            daemonSet(COMPLETE),
            [pod("a", "b"), pod("b", "b")],
            REVISIONS,
        );
        expect([done, ready, desired]).toEqual([true, 2, 2]);
    });

    it.each([
        [
            "the controller has not seen the change",
            { ...COMPLETE, observedGeneration: 1 },
            [pod("a", "a"), pod("b", "a")],
        ],
        ["a pod is old", { ...COMPLETE, updatedNumberScheduled: 1 }, [pod("a", "b"), pod("b", "a")]],
        ["an old pod still ends", COMPLETE, [pod("a", "b"), pod("b", "b"), pod("c", "a", { leaving: true })]],
        [
            "a new pod is not ready",
            { ...COMPLETE, numberAvailable: 1 },
            [pod("a", "b"), pod("b", "b", { ready: false })],
        ],
        ["a pod is still to come", { ...COMPLETE, numberAvailable: 1 }, [pod("a", "b")]],
    ])("is not done while %s", (_, status, pods) => {
        expect(progressOf(daemonSet(status), pods, REVISIONS).done).toBe(false);
    });

    it("a Deployment's deadline is told, its replicas count", () => {
        const deployment: Workload = {
            metadata: { name: "cilium-operator", uid: "ds", generation: 1 },
            spec: { replicas: 2, template: {} },
            status: {
                observedGeneration: 1,
                updatedReplicas: 2,
                availableReplicas: 1,
                conditions: [
                    { type: "Progressing", reason: "ProgressDeadlineExceeded", message: "timed out" },
                ],
            },
        };
        const { done, desired, failed } = progressOf(deployment, [], []);
        expect([done, desired, failed]).toEqual([false, 2, "timed out"]);
    });

    it("says why a pod is not ready", () => {
        const reasons = [
            {
                containerStatuses: [
                    { name: "agent", ready: false, state: { waiting: { reason: "ImagePullBackOff" } } },
                ],
            },
            { conditions: [{ type: "PodScheduled", status: "False", message: "no node fits" }] },
            { containerStatuses: [{ name: "agent", ready: false }] },
            {},
        ].map((status) => {
            const bare: Pod = { metadata: { name: "p" }, status };
            return progressOf(daemonSet(COMPLETE), [bare], REVISIONS).pods[0]?.reason;
        });
        expect(reasons).toEqual([
            "agent: ImagePullBackOff",
            "not scheduled: no node fits",
            "agent not ready",
            "waits for a node",
        ]);
    });
});

describe("what to do with each workload |", () => {
    const T = "2026-11-23T11:59:00Z";
    const found = (name: Found["name"], workload: Workload, ...pods: Pod[]): Found => ({
        name,
        workload,
        progress: progressOf(workload, pods, REVISIONS),
    });
    const done = (name: Found["name"], restarted?: string) =>
        found(name, daemonSet(COMPLETE, restarted), pod("a", "b"), pod("b", "b"));
    const rolling = (restarted?: string) =>
        found(
            "cilium",
            daemonSet({ ...COMPLETE, updatedNumberScheduled: 1 }, restarted),
            pod("a", "b"),
            pod("b", "a"),
        );
    const actions = (all: readonly Found[], again = false) =>
        planRestart(all, again, NOW).map(({ name, action }) => `${name} ${action}`);

    it("restarts the operator first", () => {
        expect(actions([done("cilium"), done("operator", T)])).toEqual([
            "operator restart",
            "cilium restart",
        ]);
    });

    it("follows what is on its way, and leaves what the same run had done", () => {
        expect(actions([done("operator", T), rolling(T)])).toEqual(["operator done", "cilium follow"]);
        expect(actions([done("operator", "2026-11-22T08:00:00Z"), rolling(T)])).toEqual([
            "operator restart",
            "cilium follow",
        ]);
        expect(actions([done("operator", T), rolling(T)], true)).toEqual([
            "operator restart",
            "cilium restart",
        ]);
    });

    it("an upgrade by AKS is no restart to follow, and an agent that fell over an hour ago is restarted", () => {
        expect(actions([rolling(undefined)])).toEqual(["cilium restart"]);
        const sick = (restarted: string) =>
            found(
                "cilium",
                daemonSet({ ...COMPLETE, numberAvailable: 1 }, restarted),
                pod("a", "b"),
                pod("b", "b", { ready: false }),
            );
        expect(actions([sick("2026-11-23T10:00:00Z")])).toEqual(["cilium restart"]);
        const { workload, progress } = sick(T);
        expect(isUnderWay(workload, progress, NOW)).toBe(true);
    });

    it("waits longer for more pods", () => {
        expect(defaultTimeout([done("operator"), done("cilium")])).toBe(300 + 4 * 60);
    });

    it.each([
        ["90", 90],
        ["90s", 90],
        ["10m", 600],
        ["1h", 3600],
        ["0", undefined],
        ["-1", undefined],
        ["1.5h", undefined],
        ["soon", undefined],
        ["", undefined],
    ])("a duration of %j is %j seconds", (text, seconds) => expect(parseDuration(text)).toBe(seconds));
});
