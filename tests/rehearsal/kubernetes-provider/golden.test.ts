/** The stand-in against calls recorded from the running pulumi-kubernetes plug-in (golden/, tables a to k). */
import { InitFailed } from "../../../rehearsal/plugin/provider";
import { cover, type Recorded, replay, type Step, steps } from "./replay";

/** An engine matter, not the provider's (table e, last rows: pulumi/pulumi#14650). */
const ENGINE = /the client connection is closing/;

/** Two kubeconfigs that the recording's placeholders made equal. */
const levelled = ({ method, request, response }: Recorded): boolean =>
    method === "DiffConfig" &&
    response?.["changes"] === "DIFF_SOME" &&
    JSON.stringify(request["oldInputs"]) === JSON.stringify(request["news"]);

const cases = steps.flatMap((step) =>
    step.records
        .filter((record) => !ENGINE.test(record.errors?.[0] ?? "") && !levelled(record))
        .map((record): [string, Step, Recorded] => {
            const urn = String(record.request["urn"]).split("::").at(-1) ?? "";
            const preview = record.request["preview"] === true ? " (preview)" : "";
            return [`${step.step}: ${record.method} ${urn}${preview}`, step, record];
        }),
);

describe("recorded calls", () => {
    it("are all there", () => {
        expect(cases.length).toBeGreaterThan(200);
        expect(new Set(cases.map(([, { step }]) => step.split("/")[0])).size).toBe(9);
    });

    it.each(cases)("%s", async (_, step, record) => {
        const { answer } = await replay(step, record);
        const expected =
            record.errors?.[0]?.replace("rpc error: code = Unknown desc = ", "") ?? record.response;
        expect(cover(answer)).toEqual(expected);
    });
});

/** Requests of one step as the recording writes them, `verb path?query`. */
const VERBS: Record<string, string> = { POST: "create", PATCH: "patch", GET: "get", DELETE: "delete" };
const written = (request: string): string =>
    cover([request])[0]?.replace(/^\w+/, (verb) => VERBS[verb] ?? verb) ?? "";
const withoutStatus = (line: string): string => line.replace(/^(\w+) \d+ /, "$1 ");

describe("requests to the API server", () => {
    // The audit log lags: some lines of a run are missing in its step, or stand in another one's.
    const late = /^[efgh]-|apiversion|typo-fixed/;
    const recorded = steps.filter(({ apiServer, step }) => apiServer !== undefined && !late.test(step));

    it.each(recorded.map((step): [string, Step] => [step.step, step]))("%s", async (_, step) => {
        const requests: string[] = [];
        for (const record of step.records) {
            if (ENGINE.test(record.errors?.[0] ?? "")) continue;
            requests.push(...(await replay(step, record)).requests.map(written));
        }
        // The recording holds no 500s, and polls a deleted object as often as it takes.
        const once = (lines: string[]): string[] => [...new Set(lines)].sort();
        const ours = once(requests);
        for (const line of once((step.apiServer ?? []).map(withoutStatus))) expect(ours).toContain(line);
        const kinds = (lines: string[]): string[] => once(lines.map((line) => line.split("?")[1] ?? ""));
        const failed = step.records.some(({ errors }) => errors !== undefined);
        if (!failed) expect(kinds(ours)).toEqual(kinds((step.apiServer ?? []).map(withoutStatus)));
    });
});

describe("what a failure leaves behind", () => {
    const failures = cases.filter(
        ([, , { method, errors }]) =>
            method === "Update" && errors !== undefined && !errors[0]?.includes("unreachable"),
    );

    it.each(failures)(
        "%s: the old inputs stay, the live object and the new inputs are stored",
        async (_, step, record) => {
            const { error } = await replay(step, record);
            expect(error).toBeInstanceOf(InitFailed);
            const { inputs, outputs, id } = error as InitFailed;
            expect(inputs).toEqual(record.request["oldInputs"]);
            expect(outputs["__inputs"]).toEqual(record.request["news"]);
            expect(id).toBe(record.request["id"]);
        },
    );
});

describe("times", () => {
    const timed = cases.filter(([, , { durationSeconds }]) => durationSeconds !== undefined);

    it.each(timed.filter(([, , { durationSeconds = 0 }]) => durationSeconds > 5))(
        "%s takes as long as recorded",
        async (_, step, record) => {
            const { waited } = await replay(step, record);
            expect(Math.abs(waited - (record.durationSeconds ?? 0))).toBeLessThan(0.5);
        },
    );

    it("says each try of a kind that is not there", async () => {
        const step = steps.find((one) => one.step === "f-missing-crd/absent-up-single");
        const record = step?.records.find(({ method }) => method === "Create");
        const { log } = await replay(step as Step, record as Recorded);
        const line = (number: number): string =>
            `info: Retry #${number}; creation failed: no matches for kind "CiliumLocalRedirectPolicy" in version "cilium.io/v2"`;
        expect(log).toEqual([0, 1, 2, 3, 4, 5].map(line));
    });
});
