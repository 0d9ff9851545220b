import type { ExpectationResult } from "../reachability/expectations";
import { titleOf } from "./expectations-text";
import { jsonRule } from "./why-json";

/** Results of `aks-cilium test` for a machine. */
export function expectationsJson(results: readonly ExpectationResult[]): string {
    const failed = results.filter(({ passed }) => !passed).length;
    const list = results.map((result) => ({
        name: titleOf(result),
        file: result.expectation.position.file,
        line: result.expectation.position.line,
        passed: result.passed,
        unknown: result.unknown,
        failures: result.failures.map(({ from, to, protocol, port, expected, explanation }) => ({
            from,
            to,
            protocol,
            port,
            expected,
            overall: explanation.overall,
            egress: explanation.egress,
            ingress: explanation.ingress,
            reason: explanation.reason,
            deciding: explanation.sides.flatMap(({ direction, deciding, defaultDeny }) =>
                (deciding.length > 0 ? deciding : defaultDeny).map((rule) => ({
                    direction,
                    ...jsonRule(rule),
                })),
            ),
        })),
    }));
    return `${JSON.stringify({ version: 1, passed: results.length - failed, failed, results: list }, undefined, 2)}\n`;
}
