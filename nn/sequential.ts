/** One layer after another. */
import { check, whole } from "../gpu/check.ts";
import type { Context } from "../gpu/kernel.ts";
import type { Shape, Tensor } from "../gpu/tensor.ts";
import type { Layer, LayerSpec, Output, Pass } from "./layer.ts";

/**
 * Layers in a row: each takes the output of the one before.
 *
 * @param children the layers; each is named by its `name`, or by its kind and its number among
 * layers of that kind, such as `"dense2"`
 *
 * @example
 * ```ts
 * import { dense, sequential, summary } from "jsr:@cetus/cetus";
 * const network = sequential([dense({ units: 16, activation: "relu" }), dense({ units: 1 })]);
 * console.log(summary(network, [2]).text);
 * ```
 */
export function sequential(
  children: readonly LayerSpec[],
  options: { readonly name?: string } = {},
): LayerSpec {
  whole("Cannot make sequential", { layers: children.length }, 1);
  return {
    kind: "sequential",
    name: options.name,
    children,
    outputShape: (input) => shapesThrough(children, input).at(-1)!,
    build(context: Context, input: Shape, { name }): Layer {
      const shapes = [input, ...shapesThrough(children, input)];
      const names = childNames(children, name);
      const layers = children.map((child, i) =>
        child.build(context, shapes[i], { name: names[i] })
      );
      return {
        params: layers.flatMap(({ params }) => params),
        forward: (x, pass) => forwardThrough(layers, x, pass),
      };
    },
  };
}

/** Paths of children: their own names, or kind and number, below the parent's path. */
export function childNames(children: readonly LayerSpec[], parent: string): string[] {
  const counts = new Map<string, number>();
  const names = children.map(({ kind, name }) => {
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    return (parent ? `${parent}/` : "") + (name ?? `${kind}${count}`);
  });
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  check(!twice, "Cannot build a network", { name: twice }, "another for each layer");
  return names;
}

/** Output shapes of each layer in a row; an error says which layer refused. */
export function shapesThrough(children: readonly LayerSpec[], input: Shape): Shape[] {
  const names = childNames(children, "");
  let shape = input;
  return children.map((child, i) => {
    try {
      return shape = child.outputShape(shape);
    } catch (error) {
      throw new RangeError(`${(error as Error).message} (layer ${i + 1}, "${names[i]}")`);
    }
  });
}

function forwardThrough(layers: readonly Layer[], x: Tensor, pass: Pass): Output {
  const outputs: Output[] = [];
  for (const layer of layers) outputs.push(layer.forward(outputs.at(-1)?.y ?? x, pass));
  return {
    y: outputs.at(-1)!.y,
    backward(dy, wantDx = true) {
      // The input gradient of the first layers is wanted only as far as something before them trains.
      const firstTrained = layers.findIndex(({ params }) => params.length > 0);
      let gradient: Tensor | undefined = dy;
      for (let i = outputs.length - 1; i >= 0 && gradient; i--) {
        const below = wantDx || (firstTrained >= 0 && i > firstTrained);
        if (!below && layers[i].params.length === 0) return undefined;
        gradient = outputs[i].backward(gradient, below);
      }
      return gradient;
    },
  };
}
