/** What a network is, without a GPU: shapes, parameters, operations, memory. */
import {
  alignColumns,
  displayProperty,
  escapeHtml,
  htmlTable,
  withDisplay,
} from "../gpu/display.ts";
import { Recorder } from "../gpu/recorder.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";
import { type LayerSpec, parameterCount } from "./layer.ts";
import type { OptimizerSpec } from "./optimizer.ts";
import { childNames } from "./sequential.ts";
import { STATE_FEED, STATE_WORDS } from "./state.ts";

/** One layer of a summary. */
export interface SummaryRow {
  /** Path of the layer. */
  readonly name: string;
  /** Kind of the layer. */
  readonly kind: string;
  /** Shape of its output for the whole batch. */
  readonly output: Shape;
  /** Trained values. */
  readonly parameters: number;
  /** Floating-point operations of the forward pass for one example, a multiply-add counted as 2. */
  readonly forwardFlops: number;
}

/** A network in figures; in a notebook it shows itself as a table. */
export interface Summary {
  /** The layers in order; `sequential` ones are opened. */
  readonly rows: readonly SummaryRow[];
  /** Trained values in all. */
  readonly parameters: number;
  /** Operations of the forward pass for one example. */
  readonly forwardFlops: number;
  /** Operations of the backward pass for one example. */
  readonly backwardFlops: number;
  /** Bytes of weights, gradients and optimiser state. */
  readonly parameterBytes: number;
  /** Bytes of activations of one training step, after sharing by lifetime. */
  readonly activationBytes: number;
  /** All of it as a table. */
  readonly text: string;
}

/**
 * Shapes, parameters, FLOPs and memory of a network, from a record that is never run.
 *
 * @param inputShape shape of one example, without the batch axis
 * @param options.batch examples a step, default 1
 * @param options.optimizer counts its state too
 *
 * @example
 * ```ts
 * import { dense, sequential, summary } from "jsr:@cetus/cetus";
 * console.log(summary(sequential([dense({ units: 3 })]), [4]).parameters); // 15
 * ```
 */
export function summary(
  network: LayerSpec,
  inputShape: Shape,
  options: { readonly batch?: number; readonly optimizer?: OptimizerSpec } = {},
): Summary {
  const batch = options.batch ?? 1;
  const rows = layerRows(network, [batch, ...inputShape], batch);
  const step = recordStep(network, [batch, ...inputShape], options.optimizer);
  const figures = {
    rows,
    parameters: step.parameters,
    forwardFlops: step.forwardFlops / batch,
    backwardFlops: step.backwardFlops / batch,
    parameterBytes: step.plan.persistentBytes,
    activationBytes: step.plan.arenaBytes,
  };
  const layers = layerTable(rows, [batch, ...inputShape]);
  const totals = totalLines(figures, batch);
  const text = [...alignColumns(layers, RIGHT_COLUMNS), "", ...totals].join("\n");
  const html = asHtml(layers, totals);
  const property = displayProperty(() => ({ "text/plain": text, "text/html": html }));
  return withDisplay({ ...figures, text }, property);
}

function layerRows(network: LayerSpec, input: Shape, batch: number): SummaryRow[] {
  const recorder = new Recorder();
  const state = recorder.feed(STATE_FEED, [STATE_WORDS], "u32");
  let x: Tensor = recorder.empty(input, { label: "input" });
  return leaves(network, "").map(({ spec, name }) => {
    const before = recorder.flops;
    const layer = spec.build(recorder, x.shape, { name });
    x = layer.forward(x, { context: recorder, train: true, state }).y;
    const forwardFlops = (recorder.flops - before) / batch;
    const parameters = parameterCount(layer.params);
    return { name, kind: spec.kind, output: x.shape, parameters, forwardFlops };
  });
}

function leaves(spec: LayerSpec, name: string): { spec: LayerSpec; name: string }[] {
  if (spec.kind !== "sequential" || !spec.children) return [{ spec, name: name || spec.kind }];
  const names = childNames(spec.children, name);
  return spec.children.flatMap((child, i) => leaves(child, names[i]));
}

function recordStep(network: LayerSpec, input: Shape, optimizer?: OptimizerSpec) {
  const recorder = new Recorder();
  const state = recorder.feed(STATE_FEED, [STATE_WORDS], "u32");
  const layer = network.build(recorder, input, { name: "" });
  const x = recorder.empty(input, { label: "input" });
  const { y, backward } = layer.forward(x, { context: recorder, train: true, state });
  const forwardFlops = recorder.flops;
  backward(recorder.empty(y.shape, { label: "dy" }), false);
  const backwardFlops = recorder.flops - forwardFlops;
  optimizer?.build(recorder, layer.params).step(recorder, state);
  const parameters = parameterCount(layer.params);
  return { parameters, forwardFlops, backwardFlops, plan: recorder.plan() };
}

/** Numbers are aligned to the right. */
const RIGHT_COLUMNS = [3, 4];

function layerTable(rows: readonly SummaryRow[], input: Shape): string[][] {
  return [
    ["layer", "kind", "output", "parameters", "forward MFLOP"],
    ["input", "", `[${input.join(", ")}]`, "", ""],
    ...rows.map(({ name, kind, output, parameters, forwardFlops }) => [
      name,
      kind,
      `[${output.join(", ")}]`,
      parameters ? parameters.toLocaleString("en") : "",
      forwardFlops >= 5000 ? mega(forwardFlops) : "",
    ]),
  ];
}

function totalLines(figures: Omit<Summary, "text">, batch: number): string[] {
  const mebi = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return [
    `${figures.parameters.toLocaleString("en")} parameters`,
    `${mega(figures.forwardFlops)} MFLOP forward and ${
      mega(figures.backwardFlops)
    } MFLOP backward an example`,
    `${mebi(figures.parameterBytes)} for parameters, gradients and optimiser, ${
      mebi(figures.activationBytes)
    } for the activations of a training step of ${batch}`,
  ];
}

function mega(value: number): string {
  return (value / 1e6).toFixed(2);
}

function asHtml([header, ...rows]: readonly string[][], totals: readonly string[]): string {
  const left = header.map((_, i) => i).filter((i) => !RIGHT_COLUMNS.includes(i));
  return htmlTable(header, rows, left) +
    totals.map((line) => `<div>${escapeHtml(line)}</div>`).join("");
}
