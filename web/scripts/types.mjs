// Types of the HTTP API: reads the OpenAPI document on standard input, writes src/api/schema.d.ts.
import { writeFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import openapiTS, { astToString } from "openapi-typescript";

const document = JSON.parse(await text(process.stdin));
const types = astToString(await openapiTS(document, { alphabetize: true, defaultNonNullable: false }));
const head = "// Generated from the contracts by scripts/generate.py; not committed.\n";
await writeFile(new URL("../src/api/schema.d.ts", import.meta.url), head + types);
