// Holds GraphQL texts against GitHub's public schema, with the reference implementation.
// In: a JSON list of texts. Out: a JSON list of lists of errors, in the same order.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(new URL("../package.json", import.meta.url));
const { buildSchema, NoDeprecatedCustomRule, parse, specifiedRules, validate } = require("graphql");

const text = new URL("../node_modules/@octokit/graphql-schema/schema.graphql", import.meta.url);
const schema = buildSchema(readFileSync(text, "utf8"), { assumeValid: true });
// What is deprecated will be taken away, and a bot is not redeployed that day.
const rules = [...specifiedRules, NoDeprecatedCustomRule];

function errors(text) {
  try {
    return validate(schema, parse(text), rules).map(describe);
  } catch (error) {
    return [describe(error)];
  }
}

function describe(error) {
  const at = error.locations?.[0];
  return at ? `line ${at.line}, column ${at.column}: ${error.message}` : error.message;
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, "utf8")).map(errors)));
