/**
 * Ensembles of trees as named arrays, for a file that may hold other things too.
 *
 * @module
 */
import { extents } from "../../files/claims.ts";
import { InputError } from "../../files/input_error.ts";
import { type HostData, type NdArray, ndarray } from "../../gpu/tensor.ts";
import { LEAF } from "./tree.ts";
import type { TreeEnsemble } from "./tree_ensemble.ts";

const KINDS = ["forest", "boosting"] as const;
const ATTEMPT = "Cannot make an ensemble of trees";

/**
 * An ensemble as named arrays that a safetensors file can hold: `kind` (0 forest, 1 boosting),
 * `columns`, `base`, `starts`, and by node `feature`, `threshold`, `left`, `right`, `value`, `gain`.
 *
 * @returns The arrays by name; those of nodes are the model's own, not copies
 */
export function ensembleTensors(model: TreeEnsemble): Record<string, NdArray> {
  const { starts, feature, threshold, left, right, value, gain } = model;
  const arrays: Record<string, HostData> = {
    kind: Uint32Array.of(KINDS.indexOf(model.kind)),
    columns: Uint32Array.of(model.columns),
    base: Float64Array.of(model.base),
    starts,
    feature,
    threshold,
    left,
    right,
    value,
    gain,
  };
  return Object.fromEntries(
    Object.entries(arrays).map(([name, data]) => [name, ndarray([data.length], data)]),
  );
}

/**
 * An ensemble from named arrays, such as those of a file from a stranger.
 *
 * @param tensors Arrays by the names of `ensembleTensors`; others are ignored
 * @throws {InputError} when one is missing, has another type or length, or holds what cannot be:
 * a column or child out of range, a child before its parent (scoring would never end), a value that
 * is not finite
 */
export function ensembleFrom(tensors: Readonly<Record<string, NdArray>>): TreeEnsemble {
  const [kind] = array(tensors, "kind", Uint32Array, 1);
  const [columns] = array(tensors, "columns", Uint32Array, 1);
  const [base] = array(tensors, "base", Float64Array, 1);
  const starts = array(tensors, "starts", Uint32Array);
  const feature = array(tensors, "feature", Uint32Array);
  const nodes = feature.length;
  if (!(kind in KINDS)) fail(`kind is ${kind}, expected 0 (forest) or 1 (boosting)`);
  const model: TreeEnsemble = {
    kind: KINDS[kind],
    columns,
    base,
    starts,
    feature,
    threshold: array(tensors, "threshold", Float32Array, nodes),
    left: array(tensors, "left", Int32Array, nodes),
    right: array(tensors, "right", Int32Array, nodes),
    value: array(tensors, "value", Float64Array, nodes),
    gain: array(tensors, "gain", Float32Array, nodes),
  };
  if (!Number.isFinite(base)) fail(`base is ${base}, expected a finite number`);
  checkStarts(starts, nodes);
  for (let tree = 0; tree + 1 < starts.length; tree++) {
    checkNodes(model, tree, starts[tree], starts[tree + 1]);
  }
  return model;
}

function fail(reason: string): never {
  throw new InputError(ATTEMPT, reason);
}

function array<T extends HostData>(
  tensors: Readonly<Record<string, NdArray>>,
  name: string,
  type: new (length: number) => T,
  length?: number,
): T {
  if (!Object.hasOwn(tensors, name)) fail(`there is no "${name}"`);
  const { shape, data } = tensors[name];
  const wanted = `${type.name} [${length ?? "n"}]`;
  if (data instanceof type && shape.length === 1 && shape[0] === data.length) {
    if (length === undefined || data.length === length) return data;
  }
  return fail(`"${name}" is ${data?.constructor.name} ${extents(shape)}, expected ${wanted}`);
}

function checkStarts(starts: Uint32Array, nodes: number): void {
  const last = starts.length - 1;
  if (last < 1 || starts[0] !== 0 || starts[last] !== nodes) {
    fail(
      `starts leads from ${starts[0]} to ${
        starts[last]
      }, expected from 0 to ${nodes} by one tree or more`,
    );
  }
  for (let tree = 0; tree < last; tree++) {
    if (starts[tree] < starts[tree + 1]) continue;
    fail(`tree ${tree} starts at node ${starts[tree]} and ends at ${starts[tree + 1]}`);
  }
}

function checkNodes(model: TreeEnsemble, tree: number, start: number, end: number): void {
  const { columns, feature, threshold, left, right, value, gain } = model;
  const failNode = (node: number, reason: string) => fail(`node ${node} of tree ${tree} ${reason}`);
  for (let node = start; node < end; node++) {
    const isLeaf = left[node] === LEAF;
    for (const child of [left[node], right[node]]) {
      if (isLeaf ? child === LEAF : child > node && child < end) continue;
      failNode(node, `has child ${child}, expected ${isLeaf ? LEAF : `${node + 1} to ${end - 1}`}`);
    }
    if (feature[node] >= columns) {
      failNode(node, `looks at column ${feature[node]} of ${columns}`);
    }
    const numbers = [threshold[node], value[node], gain[node]];
    if (!numbers.every(Number.isFinite) || gain[node] < 0) {
      failNode(
        node,
        `has threshold, value and gain ${numbers.join(", ")}, expected finite numbers`,
      );
    }
  }
}
