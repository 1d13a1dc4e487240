/** The package `yaml`, loaded when there is YAML to read: who names a film and nothing else does not wait for its 70 files. */
import { createRequire } from "node:module";
import type * as Yaml from "yaml";
import type { Alias, Node, Scalar, YAMLMap, YAMLSeq } from "yaml";

const require = createRequire(import.meta.url);

export function yamlLibrary(): typeof Yaml {
  return require("yaml");
}

export const isAlias = (node: unknown): node is Alias => yamlLibrary().isAlias(node);
export const isMap = (node: unknown): node is YAMLMap => yamlLibrary().isMap(node);
export const isScalar = (node: unknown): node is Scalar => yamlLibrary().isScalar(node);
export const isSeq = (node: unknown): node is YAMLSeq => yamlLibrary().isSeq(node);
export const isYamlNode = (value: unknown): value is Node => isScalar(value) || isMap(value) || isSeq(value) || isAlias(value);
