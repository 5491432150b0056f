/** The output constraints in float64, question by question from the table of questions. */
import type { NdArray } from "../../gpu/tensor.ts";
import type { ConstraintOptions, ConstraintVariant } from "./constraints.ts";
import { QUESTIONS, questionWeight, weightColumns } from "./questions.ts";

/** Options of the layer, and what the state says in training. */
export interface ConstraintRefOptions extends ConstraintOptions {
  /** Whether the constraints are on. Default true. */
  readonly useConstraints?: boolean;
}

const EPSILON = 1e-12;

function clip(x: number): number {
  return Math.min(1, Math.max(0, x));
}

/** Shares of one question's answers, and what they were divided by. */
function shares(z: readonly number[], variant: ConstraintVariant): [number[], number] {
  const largest = Math.max(...z);
  const numerators = z.map((x) => {
    if (variant === "softmax") return Math.exp(x - largest);
    if (variant === "clipped") return clip(x);
    return variant === "squared-divisive" ? Math.max(x, 0) ** 2 : Math.max(x, 0);
  });
  if (variant === "clipped") return [numerators, 1];
  const sum = numerators.reduce((a, b) => a + b, 0) + (variant === "softmax" ? 0 : EPSILON);
  return [numerators.map((x) => x / sum), sum];
}

/** One example: its outputs, and the shares that backward needs. */
function constrainRow(z: readonly number[], options: Required<ConstraintOptions>) {
  const y = new Array<number>(37).fill(0);
  const parts = QUESTIONS.map((question) => {
    const [p, denominator] = shares(z.slice(question.start, question.end), options.variant);
    const weight = questionWeight(y, question, options.q6Weight); // its columns are final by now
    p.forEach((share, i) => y[question.start + i] = share * weight);
    return { question, p, denominator, weight };
  });
  return { y, parts };
}

/** dL/dz of one example from dL/dy. */
function backwardRow(
  z: readonly number[],
  dy: readonly number[],
  options: Required<ConstraintOptions>,
): number[] {
  const { parts } = constrainRow(z, options);
  const g = [...dy];
  const dz = new Array<number>(37).fill(0);
  for (const { question, p, denominator, weight } of parts.toReversed()) {
    // y = weight p: the columns of the weight get sum of g p, which then flows on further up.
    const inner = p.reduce((sum, share, i) => sum + g[question.start + i] * share, 0);
    for (const column of weightColumns(question, options.q6Weight)) g[column] += inner;
    p.forEach((share, i) => {
      const j = question.start + i;
      dz[j] = shareGradient(z[j], share, weight * g[j], weight * inner, denominator, options);
    });
  }
  return dz;
}

/** dL/dz from dL/dp = g and the question's sum of g p. */
function shareGradient(
  z: number,
  p: number,
  g: number,
  inner: number,
  denominator: number,
  { variant }: Required<ConstraintOptions>,
): number {
  if (variant === "softmax") return p * (g - inner);
  if (variant === "clipped") return z >= 0 && z <= 1 ? g : 0;
  if (z <= 0) return 0;
  return (variant === "squared-divisive" ? 2 * z : 1) * (g - inner) / denominator;
}

function filled({ q6Weight = "one", variant = "divisive" }: ConstraintOptions) {
  return { q6Weight, variant };
}

function isClipOnly({ variant, useConstraints = true }: ConstraintRefOptions): boolean {
  return variant === "none" || !useConstraints;
}

function rows({ data }: NdArray): number[][] {
  const all = Array.from(data);
  return Array.from({ length: all.length / 37 }, (_, i) => all.slice(37 * i, 37 * i + 37));
}

/** [b, 37] to [b, 37]. */
export function galaxyConstraintsRef(
  z: NdArray,
  options: ConstraintRefOptions = {},
): NdArray<Float64Array> {
  const { shape } = z;
  if (isClipOnly(options)) return { shape, data: Float64Array.from(z.data, clip) };
  const y = rows(z).map((row) => constrainRow(row, filled(options)).y);
  return { shape, data: Float64Array.from(y.flat()) };
}

/** Gradient of z from that of the output; examples from `count` on are padding. */
export function galaxyConstraintsBackwardRef(
  z: NdArray,
  dy: NdArray,
  options: ConstraintRefOptions & { readonly count?: number } = {},
): NdArray<Float64Array> {
  const { count = z.shape[0] } = options;
  const dyRows = rows(dy);
  const dz = rows(z).map((row, example) => {
    if (example >= count) return row.map(() => 0);
    if (!isClipOnly(options)) return backwardRow(row, dyRows[example], filled(options));
    return row.map((x, i) => x >= 0 && x <= 1 ? dyRows[example][i] : 0);
  });
  return { shape: z.shape, data: Float64Array.from(dz.flat()) };
}
