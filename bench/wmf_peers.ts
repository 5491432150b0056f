/**
 * What `bench/wmf.ts` compares with: sweeps of alternating least squares in plain TypeScript on typed
 * arrays, as one would write them for speed.
 *
 * @module
 */

/** One side's systems and what both sides know. Factors are [rows, k], f32, overwritten in place. */
export interface HalfSweep {
  /** Where each row starts: `[rows + 1]`. */
  readonly starts: Uint32Array;
  /** Columns: `[entries]`. */
  readonly indices: Uint32Array;
  /** Surplus weights: `[entries]`. */
  readonly surplus: Float32Array;
  /** The side that stays: [columns, k]. */
  readonly fixed: Float32Array;
  /** The side that is solved: [rows, k]. */
  readonly solved: Float32Array;
  /** Factors. */
  readonly k: number;
  /** Weight of the squared lengths. */
  readonly regularisation: number;
}

/** fixedᵀ fixed + regularisation I: [k, k]. */
function gram({ fixed, k, regularisation }: HalfSweep): Float64Array {
  const sums = new Float64Array(k * k);
  for (let at = 0; at < fixed.length; at += k) {
    for (let a = 0; a < k; a++) {
      const value = fixed[at + a];
      for (let b = a; b < k; b++) sums[a * k + b] += value * fixed[at + b];
    }
  }
  for (let a = 0; a < k; a++) {
    for (let b = 0; b < a; b++) sums[a * k + b] = sums[b * k + a];
    sums[a * k + a] += regularisation;
  }
  return sums;
}

/** Exact: forms each system and solves it by Cholesky, in float64. */
export function choleskyHalf(half: HalfSweep): void {
  const { starts, indices, surplus, fixed, solved, k } = half;
  const common = gram(half);
  const a = new Float64Array(k * k);
  const b = new Float64Array(k);
  for (let row = 0; row < starts.length - 1; row++) {
    a.set(common);
    b.fill(0);
    for (let e = starts[row]; e < starts[row + 1]; e++) {
      const at = indices[e] * k;
      const s = surplus[e];
      for (let i = 0; i < k; i++) {
        const value = fixed[at + i];
        b[i] += (1 + s) * value;
        const weighted = s * value;
        for (let j = 0; j <= i; j++) a[i * k + j] += weighted * fixed[at + j];
      }
    }
    solveInPlace(a, b, k);
    solved.set(b, row * k);
  }
}

/** a x = b by Cholesky, the lower half of a and b overwritten. */
export function solveInPlace(a: Float64Array, b: Float64Array, k: number): void {
  for (let i = 0; i < k; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * k + j];
      for (let t = 0; t < j; t++) sum -= a[i * k + t] * a[j * k + t];
      a[i * k + j] = i === j ? Math.sqrt(sum) : sum / a[j * k + j];
    }
    let sum = b[i];
    for (let t = 0; t < i; t++) sum -= a[i * k + t] * b[t];
    b[i] = sum / a[i * k + i];
  }
  for (let i = k - 1; i >= 0; i--) {
    let sum = b[i];
    for (let t = i + 1; t < k; t++) sum -= a[t * k + i] * b[t];
    b[i] = sum / a[i * k + i];
  }
}

/** Some steps of conjugate gradients from the last factors, as in the package implicit. */
export function conjugateGradientHalf(half: HalfSweep, steps: number): void {
  const { starts, indices, surplus, fixed, solved, k } = half;
  const common = Float32Array.from(gram(half));
  const x = new Float32Array(k);
  const r = new Float32Array(k);
  const p = new Float32Array(k);
  const q = new Float32Array(k);
  const timesCommon = (vector: Float32Array, into: Float32Array, sign: number) => {
    into.fill(0);
    for (let a = 0; a < k; a++) {
      const value = sign * vector[a];
      for (let b = 0; b < k; b++) into[b] += value * common[a * k + b];
    }
  };
  for (let row = 0; row < starts.length - 1; row++) {
    const [start, end] = [starts[row], starts[row + 1]];
    if (start === end) {
      solved.fill(0, row * k, (row + 1) * k);
      continue;
    }
    x.set(solved.subarray(row * k, (row + 1) * k));
    timesCommon(x, r, -1);
    for (let e = start; e < end; e++) {
      const at = indices[e] * k;
      let product = 0;
      for (let a = 0; a < k; a++) product += fixed[at + a] * x[a];
      const weight = 1 + surplus[e] * (1 - product);
      for (let a = 0; a < k; a++) r[a] += weight * fixed[at + a];
    }
    p.set(r);
    let square = 0;
    for (let a = 0; a < k; a++) square += r[a] * r[a];
    for (let step = 0; step < steps && square > 1e-20; step++) {
      timesCommon(p, q, 1);
      for (let e = start; e < end; e++) {
        const at = indices[e] * k;
        let product = 0;
        for (let a = 0; a < k; a++) product += fixed[at + a] * p[a];
        const weight = surplus[e] * product;
        for (let a = 0; a < k; a++) q[a] += weight * fixed[at + a];
      }
      let along = 0;
      for (let a = 0; a < k; a++) along += p[a] * q[a];
      const alpha = square / along;
      let next = 0;
      for (let a = 0; a < k; a++) {
        x[a] += alpha * p[a];
        r[a] -= alpha * q[a];
        next += r[a] * r[a];
      }
      const beta = next / square;
      for (let a = 0; a < k; a++) p[a] = r[a] + beta * p[a];
      square = next;
    }
    solved.set(x, row * k);
  }
}
