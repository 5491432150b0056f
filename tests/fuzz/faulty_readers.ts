/** Readers with every fault that the fuzz task finds, for its test. */
import { InputError } from "../../files/input_error.ts";
import type { FuzzedReader } from "./reader.ts";

const seeds = () => [Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)];
const kept: Uint8Array[] = [];

export const READERS: readonly FuzzedReader[] = [
  { name: "good", seeds, read: ({ length }) => ({ length, mean: 0.5 }) },
  {
    name: "strict",
    seeds,
    read: () => {
      throw new InputError("Cannot read a", "it is no file, expected one");
    },
  },
  { name: "typo", seeds, read: () => Reflect.get(Object(undefined), "a").b },
  { name: "nan", seeds, read: () => new Map([["a", { values: [0, Float32Array.of(1, NaN)] }]]) },
  {
    name: "words",
    seeds,
    read: () => {
      throw new InputError("Cannot read a", "Unexpected token in JSON");
    },
  },
  {
    name: "hang",
    seeds,
    read: () => {
      while (kept.length < 1);
    },
  },
  { name: "crash", seeds, read: () => Deno.kill(Deno.pid, "SIGKILL") },
  {
    name: "greedy",
    seeds,
    read: () => {
      kept.push(new Uint8Array(100 * 2 ** 20).fill(1));
      return kept.splice(0).length;
    },
  },
];
