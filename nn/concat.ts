/** Layers side by side on the same input, joined along the last axis. */
import { check, whole } from "../gpu/check.ts";
import text from "./concat.wgsl" with { type: "text" };
import { add } from "../gpu/elementwise.ts";
import { type Context, kernel } from "../gpu/kernel.ts";
import { GRID } from "../gpu/sources.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";
import type { Layer, LayerSpec } from "./layer.ts";
import { childNames } from "./sequential.ts";

const copying = (name: string, entry: string, from: string, to: string) =>
  kernel({
    name,
    source: [GRID, { file: "nn/concat.wgsl", text }],
    entry,
    inputs: { source: `*rows ${from}` },
    outputs: { result: `*rows ${to}` },
    threads: ({ rows, columns }) => rows * columns,
  });
const insertKernel = copying("concat", "insert", "columns", "width");
const extractKernel = copying("concat/backward", "extract", "width", "columns");

/** Joins tensors that agree in all but the last axis. */
export function concatenate(context: Context, parts: readonly Tensor[]): Tensor {
  const width = parts.reduce((sum, { shape }) => sum + shape.at(-1)!, 0);
  const result = context.empty([...parts[0].shape.slice(0, -1), width], { label: "concat" });
  let start = 0;
  for (const source of parts) {
    insertKernel(context, { source }, { dims: { start }, into: { result } });
    start += source.shape.at(-1)!;
  }
  return result;
}

/** Columns `start` to `start + columns` of the last axis: the gradient of one part of a join. */
export function columnsOf(
  context: Context,
  source: Tensor,
  start: number,
  columns: number,
): Tensor {
  return extractKernel(context, { source }, { dims: { start, columns } }).result;
}

/**
 * Layers side by side on the same input; their outputs must agree in all but the last axis, along
 * which they are joined in order.
 */
export function concat(
  children: readonly LayerSpec[],
  options: { readonly name?: string } = {},
): LayerSpec {
  whole("Cannot make concat", { layers: children.length }, 1);
  return {
    kind: "concat",
    name: options.name,
    children,
    outputShape: (input) => joinedShape(children.map((child) => child.outputShape(input))),
    build(context, input, { name }): Layer {
      const names = childNames(children, name);
      const layers = children.map((child, i) => child.build(context, input, { name: names[i] }));
      return {
        params: layers.flatMap(({ params }) => params),
        forward(x, pass) {
          const outputs = layers.map((layer) => layer.forward(x, pass));
          return {
            y: concatenate(pass.context, outputs.map(({ y }) => y)),
            backward(dy, wantDx = true) {
              let start = 0;
              let dx: Tensor | undefined;
              for (const { y, backward } of outputs) {
                const part = columnsOf(pass.context, dy, start, y.shape.at(-1)!);
                const gradient = backward(part, wantDx);
                start += y.shape.at(-1)!;
                if (gradient) dx = dx ? add(pass.context, dx, gradient) : gradient;
              }
              return dx;
            },
          };
        },
      };
    },
  };
}

function joinedShape(shapes: readonly Shape[]): Shape {
  const head = shapes[0].slice(0, -1);
  const odd = shapes.find((shape) => shape.slice(0, -1).join() !== head.join());
  check(!odd, "Cannot concat", { input: odd }, `[${[...head, "any"].join(", ")}]`);
  return [...head, shapes.reduce((sum, shape) => sum + shape.at(-1)!, 0)];
}
