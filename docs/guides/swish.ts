/** The kernel of the guide to kernels: x times the logistic function of x. */
import { type Context, GRID, kernel, type Tensor } from "../../mod.ts";
import text from "./swish.wgsl" with { type: "text" };

const shared = {
  source: [GRID, { file: "docs/guides/swish.wgsl", text }],
  threads: ({ n }: Record<string, number>) => n,
} as const;

const forward = kernel({
  ...shared,
  name: "swish",
  entry: "forward",
  inputs: { x: "*n" },
  outputs: { y: "*n" },
});
const backward = kernel({
  ...shared,
  name: "swish/backward",
  entry: "backward",
  inputs: { x: "*n", dy: "*n" },
  outputs: { dx: "*n" },
});

/** x / (1 + exp(-x)), element by element. */
export function swish(context: Context, x: Tensor): Tensor {
  return forward(context, { x }).y;
}

/** The gradient by x. */
export function swishBackward(context: Context, x: Tensor, dy: Tensor): Tensor {
  return backward(context, { x, dy }).dx;
}
