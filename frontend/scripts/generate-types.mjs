/**
 * Writes src/wire/generated.ts from the server's OpenAPI document:
 *
 *   npm run types -- openapi.json        (the answer of GET /api/v1/openapi.json)
 */
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const OUT = fileURLToPath(new URL("../src/wire/generated.ts", import.meta.url));
const PLAIN = { string: "string", integer: "number", number: "number", boolean: "boolean", null: "null" };

function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split("/").at(-1);
  const any = schema.oneOf ?? schema.anyOf;
  if (any) return [...new Set(any.map(typeOf))].join(" | ");
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  if (schema.type === "array") {
    const item = typeOf(schema.items ?? {});
    return item.includes("|") ? `(${item})[]` : `${item}[]`;
  }
  if (schema.type === "object") return `Record<string, ${typeOf(schema.additionalProperties ?? {})}>`;
  return PLAIN[schema.type] ?? "unknown";
}

function declare([name, schema]) {
  const required = new Set(schema.required ?? []);
  const lines = Object.entries(schema.properties ?? {}).map(
    ([key, value]) => `  ${key}${required.has(key) ? "" : "?"}: ${typeOf(value)};`,
  );
  return `export interface ${name} {\n${lines.join("\n")}\n}`;
}

const path = process.argv[2];
if (!path) {
  console.error("usage: npm run types -- openapi.json");
  process.exit(2);
}
const { components } = JSON.parse(readFileSync(path, "utf8"));
const declared = Object.entries(components.schemas).sort(([a], [b]) => a.localeCompare(b)).map(declare);
const head = "/** Made by `npm run types` from the server's OpenAPI document; not to be edited. */";
writeFileSync(OUT, `${head}\n\n${declared.join("\n\n")}\n`);
console.log(`${declared.length} types`);
