/**
 * Runs checks on a device and finds, for each kernel, the worst error against its reference.
 *
 * @module
 */
import type { Gpu } from "../../gpu/gpu.ts";
import { type DeviceProfile, type KernelSpec, onBuffers } from "../../gpu/kernel.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { Bench, type Check, type Tolerance } from "./bench.ts";

/** The worst of the errors found, beside what was allowed there. */
export interface WorstError {
  /** Index of the element. */
  readonly element: number;
  /** |actual - expected|; infinite for NaN. */
  readonly error: number;
  /** What was allowed at that element; 0 when every bit must agree. */
  readonly tolerance: number;
}

/** What was found of a kernel. */
export interface Finding extends WorstError {
  /** The kernel. */
  readonly spec: KernelSpec;
  /** Whether it kept within its tolerances. */
  readonly ok: boolean;
  /** Why it gave no result, where it gave none: the driver's or the toolkit's message. */
  readonly failure?: string;
}

/** Opens the device anew, after a failure that the last one did not survive. */
export type Open = () => Promise<Gpu>;

/** Both, since a check that asks for the profile runs for each. */
export const PROFILES: readonly DeviceProfile[] = ["software", "card"];

/**
 * Runs every check; those that choose kernels by the device's profile run for both profiles.
 *
 * A kernel that does not compile, or that breaks the device, is a finding like a wrong result: the
 * device is opened again for the checks that follow.
 *
 * @returns a finding for each kernel that had a part in a comparison or failed
 */
export async function examine(open: Open, checks: readonly Check[]): Promise<Finding[]> {
  const findings = new Map<KernelSpec, Finding>();
  let gpu = await open();
  try {
    for (const check of checks) {
      for (const profile of PROFILES) {
        using bench = new Bench(gpu, profile);
        const failure = await runCheck(gpu, bench, check, findings);
        if (failure !== undefined) {
          gpu[Symbol.dispose]();
          gpu = await open();
        }
        if (!bench.askedProfile) break;
      }
    }
  } finally {
    gpu[Symbol.dispose]();
  }
  return [...findings.values()];
}

/** Runs one check and adds what it found; returns the message of an error that ended it. */
async function runCheck(
  gpu: Gpu,
  bench: Bench,
  check: Check,
  findings: Map<KernelSpec, Finding>,
): Promise<string | undefined> {
  try {
    runOn(bench, check);
    const results = await gpu.readAll(bench.comparisons.map(({ actual }) => actual));
    bench.comparisons.forEach(({ kernels, expected, tolerance }, i) => {
      const worst = worstError(results[i], expected, tolerance);
      for (const spec of kernels) add(findings, { spec, ...worst, ok: isWithin(worst) });
    });
  } catch (error) {
    const failure = (error as Error).message;
    const named = [...bench.comparisons.flatMap(({ kernels }) => [...kernels]), ...bench.pending];
    for (const spec of named) {
      // The message of a failed compilation names its kernel: the others are not to blame.
      if (failure.startsWith("Cannot compile ") && !failure.includes(` ${spec.name}: `)) continue;
      add(findings, { spec, element: 0, error: Infinity, tolerance: 0, ok: false, failure });
    }
    return failure;
  }
}

/**
 * Runs a check, which leaves its comparisons on the bench.
 *
 * @throws Error when it ran kernels after its last comparison
 */
export function runOn(bench: Bench, check: Check): void {
  check(bench);
  if (bench.pending.size) {
    const names = [...bench.pending].map(({ name }) => name).join(", ");
    throw new Error(`Cannot judge ${names}: its result is not compared, expected a reference`);
  }
}

/** Keeps the worse of two findings of a kernel. */
function add(findings: Map<KernelSpec, Finding>, found: Finding): void {
  const known = findings.get(found.spec);
  if (!known || severity(found) > severity(known)) findings.set(found.spec, found);
}

function isWithin({ error, tolerance }: WorstError): boolean {
  return error <= tolerance;
}

/** Error as a multiple of what is allowed. */
function severity({ error, tolerance }: WorstError): number {
  if (error === 0) return 0;
  return tolerance === 0 ? Infinity : error / tolerance;
}

/** The element of a result that is furthest from its reference, measured by its tolerance. */
export function worstError(
  actual: NdArray,
  expected: NdArray,
  { relative = 0, absolute = 0 }: Tolerance,
): WorstError {
  const allowed = (i: number) =>
    (typeof absolute === "number" ? absolute : absolute[i]) + relative * Math.abs(expected.data[i]);
  let worst: WorstError = { element: 0, error: 0, tolerance: allowed(0) };
  for (let i = 0; i < expected.data.length; i++) {
    const difference = Math.abs(actual.data[i] - expected.data[i]);
    const error = Number.isNaN(difference) ? Infinity : difference;
    const found = { element: i, error, tolerance: allowed(i) };
    if (severity(found) > severity(worst)) worst = found;
  }
  return worst;
}

/**
 * Kernels that no check has run, as `name (entry)`: registered ones, and entry points of their
 * shaders whose kernels are made only when they are needed.
 *
 * @param findings what `examine` gave
 * @param kernels all there are: `registeredKernels` of `gpu/kernel.ts`
 */
export function uncheckedKernels(
  findings: readonly Finding[],
  kernels: readonly KernelSpec[],
): string[] {
  const checked = new Set(findings.map(({ spec }) => spec));
  const missing = kernels.filter((spec) => !checked.has(spec) && !checked.has(onBuffers(spec)))
    .map(({ name, entry }) => `${name} (${entry})`);
  const run = new Set(findings.map(({ spec }) => `${fileOf(spec)} (${spec.entry})`));
  const declared = new Set(
    kernels.flatMap((spec) =>
      entryPoints(spec.source.at(-1)!.text).map((entry) => `${fileOf(spec)} (${entry})`)
    ),
  );
  return [...missing, ...[...declared].filter((entry) => !run.has(entry))];
}

function fileOf({ source }: KernelSpec): string {
  return source.at(-1)!.file;
}

/** Names of the compute entry points in a shader's text. */
export function entryPoints(text: string): string[] {
  return [...text.matchAll(/@compute\b[^{]*?\bfn (\w+)/g)].map(([, name]) => name);
}
