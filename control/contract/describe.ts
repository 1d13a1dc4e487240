// A schema in words, for the reference page.
import * as v from "valibot";
import { arrayItem, innerSchema, isOperatorOnly, objectEntries } from "./operator-only.ts";

export type FieldDescription = { readonly path: string; readonly type: string; readonly doc: string };

/** Schemas that are described elsewhere, with the words that point there. */
export type Described = ReadonlyMap<v.GenericSchema, string>;

/**
 * Every field of an object (or of the objects in an array), nested ones by their path: `latenessMs.p50`, `[].name`.
 * Below the top, what is `described` elsewhere is not described again.
 */
export function describeFields(schema: v.GenericSchema, described: Described, prefix = ""): readonly FieldDescription[] {
  const inner = innerSchema(schema);
  if (prefix !== "" && described.has(inner)) return [];
  const item = arrayItem(inner);
  if (item !== null) {
    const below = describeFields(item, described, `${prefix}[]`);
    return below.length > 0 ? below : [describeField(`${prefix}[]`, item, described)];
  }
  const entries = objectEntries(inner);
  if (entries === null) return [];
  return Object.entries(entries).flatMap(([key, field]) => {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    return [describeField(path, field, described), ...describeFields(field, described, path)];
  });
}

function describeField(path: string, schema: v.GenericSchema, described: Described): FieldDescription {
  const marks = isOperatorOnly(schema) ? ["*operator*"] : [];
  const inner = innerSchema(schema);
  const doc = [...marks, described.get(inner) ?? v.getDescription(inner) ?? ""].join(" ").trim();
  return { path, type: describeType(schema), doc };
}

const wrapped = v.looseObject({
  type: v.picklist(["optional", "nullable"]),
  wrapped: v.custom<v.GenericSchema>(() => true),
  default: v.unknown(),
});
const literal = v.looseObject({ type: v.literal("literal"), literal: v.unknown() });
const picklist = v.looseObject({ type: v.literal("picklist"), options: v.array(v.unknown()) });
type Piped = { readonly type: string; readonly requirement?: unknown; readonly pipe?: readonly Piped[] | undefined };
const piped: v.GenericSchema<unknown, Piped> = v.looseObject({
  type: v.string(),
  requirement: v.optional(v.unknown()),
  pipe: v.optional(v.array(v.lazy(() => piped))),
});

/** `number, 1 to 240, or null, optional`. */
export function describeType(schema: v.GenericSchema): string {
  const outer = v.safeParse(wrapped, schema);
  if (outer.success) {
    const { type, wrapped: inner, default: fallback } = outer.output;
    if (type === "nullable") return `${describeType(inner)}, or null`;
    if (isOperatorOnly(schema)) return describeType(inner);
    return `${describeType(inner)}, ${fallback === undefined ? "optional" : `default ${JSON.stringify(fallback)}`}`;
  }
  const one = v.safeParse(literal, schema);
  if (one.success) return `\`${JSON.stringify(one.output.literal)}\``;
  const several = v.safeParse(picklist, schema);
  if (several.success) return several.output.options.map((option) => `\`${String(option)}\``).join(", ");
  if (objectEntries(schema) !== null) return Object.keys(objectEntries(schema) ?? {}).length === 0 ? "empty object" : "object";
  return arrayItem(schema) === null ? [baseType(schema), ...bounds(schema)].join(", ") : "array";
}

function baseType(schema: v.GenericSchema): string {
  const isInteger = pipeOf(schema).some(({ type }) => type === "integer");
  return isInteger ? "integer" : schema.type;
}

function bounds(schema: v.GenericSchema): readonly string[] {
  const requirement = (wanted: string): number | null => {
    const found = pipeOf(schema).find(({ type }) => type === wanted)?.requirement;
    return typeof found === "number" ? Math.round(found * 100) / 100 : null;
  };
  const [min, max, length] = [requirement("min_value"), requirement("max_value"), requirement("max_length")];
  if (length !== null) return [`at most ${length} characters`];
  if (min !== null && max !== null) return [`${min} to ${max}`];
  return min === null ? [] : [`at least ${min}`];
}

function pipeOf(schema: v.GenericSchema): readonly Piped[] {
  const flatten = (item: Piped): readonly Piped[] => (item.pipe === undefined ? [item] : item.pipe.flatMap(flatten));
  const parsed = v.safeParse(piped, schema);
  return parsed.success ? flatten(parsed.output) : [];
}
