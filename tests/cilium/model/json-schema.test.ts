import Ajv from "ajv";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { PolicyKind } from "../../../cilium/model/kinds";
import { jsonSchema } from "../../../cilium/model/json-schema";
import { jsonSchemaFiles } from "../../../cilium/model/json-schema-files";
import { checkAcceptance } from "../../../cilium/validation/acceptance";
import { checkStructure } from "../../../cilium/validation/structure";
import { Random, randomPolicy } from "../../support/random-policies";

const folder = path.join(__dirname, "../../../cilium/schemas");

describe("JSON Schemas for editors", () => {
    it.each(jsonSchemaFiles())("%s is what the schemas say; `npm run schemas` writes it", (name, text) => {
        expect(readFileSync(path.join(folder, name), "utf8")).toBe(text);
    });

    it("refuse what the structural check refuses, and unknown keys", () => {
        const ajv = new Ajv({ strict: false, validateFormats: false, unicodeRegExp: true });
        const validators = new Map(
            (["CiliumNetworkPolicy", "CiliumClusterwideNetworkPolicy"] as const).map((kind) => [
                kind as string,
                ajv.compile(jsonSchema(kind, "1.18")),
            ]),
        );
        const random = new Random(5);
        const counts = { valid: 0, invalid: 0 };
        for (let n = 0; n < 1500; n++) {
            const value = randomPolicy(random, "1.18");
            const validate = validators.get(String(value.kind));
            // Formats and nulls are the API server's own business; an editor knows neither.
            if (validate === undefined || JSON.stringify(value).includes("null")) continue;
            const kind = value.kind as PolicyKind;
            const { problems, stored } = checkStructure(value, kind, "1.18");
            // A list passes a CRD where text with a format is asked for; nobody wants that in an editor.
            if (checkAcceptance(stored, kind, "1.18").sanitize === "decode-error") continue;
            if (problems.some(({ code }) => ["S04", "S08", "L17"].includes(code))) continue;
            const expected = problems.length === 0;
            counts[expected ? "valid" : "invalid"]++;
            const valid = validate(value);
            expect({ value, valid, errors: expected ? validate.errors : null }).toEqual({
                value,
                valid: expected,
                errors: null,
            });
        }
        expect(counts.valid).toBeGreaterThan(50);
        expect(counts.invalid).toBeGreaterThan(50);
    });
});
