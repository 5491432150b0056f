/**
 * The result of one trial as a file, as `deno task trial` writes it and `search --collect` reads it:
 * JSON, and beside it the arrays as safetensors. The JSON is written last, so that a result that can
 * be read is a whole one.
 *
 * @module
 */
import { readSafetensors, writeSafetensors } from "../../files/disk/safetensors.ts";
import { hostTensor } from "../../files/safetensors.ts";
import type { NdArray } from "../../gpu/tensor.ts";
import { InputError } from "../../files/input_error.ts";
import type { RoundRecord } from "./problem.ts";
import { decodeArrays, encodeArrays, type TrialReply } from "./reply.ts";
import { OutputFile } from "../../files/disk/output_file.ts";
import { readJson } from "../../files/disk/text_file.ts";
import { NUMBER, TABLE, TEXT } from "../../files/json.ts";

/** Marks a result of a trial. */
const KIND = "cetus-trial";

/** What the JSON holds. */
export interface TrialFile extends Omit<TrialReply, "arrays"> {
  /** Marks a result of a trial. */
  readonly kind: typeof KIND;
  /** Identity of its study. */
  readonly study: string;
  /** Number of its round. */
  readonly round: number;
  /** Its number in the round. */
  readonly index: number;
  /** SHA-256 of its arrays, as `writeSafetensors` gives it; nothing without arrays. */
  readonly arrays?: string;
}

/** Path of the arrays that belong to a result. */
function arraysPath(path: string): string {
  return `${path.replace(/\.json$/, "")}.safetensors`;
}

/** Writes arrays by name to a safetensors file; gives the SHA-256 of their bytes. */
export async function writeArrays(
  path: string,
  arrays: Readonly<Record<string, NdArray>>,
): Promise<string> {
  const tensors = Object.entries(arrays).map(([name, array]) => hostTensor(name, array));
  return await writeSafetensors(path, { tensors });
}

/**
 * Opens the file of a result before its trial runs. One that holds such a result, a damaged one too, is
 * replaced.
 *
 * @throws {InputError} when it cannot be written or is something else and `force` is not set
 */
export async function openTrialFile(path: string, force: boolean): Promise<OutputFile> {
  const isResult = () => readJson<TrialFile>(path).then(({ kind }) => kind === KIND, () => false);
  return await OutputFile.open(path, { force: force || await isResult() });
}

/** Writes the result of a trial to its open file, and the arrays beside it. */
export async function writeTrialFile(
  out: OutputFile,
  path: string,
  { study, round }: RoundRecord,
  index: number,
  { arrays: encoded, ...reply }: TrialReply,
): Promise<void> {
  const arrays = encoded && await writeArrays(arraysPath(path), decodeArrays(encoded));
  const file: TrialFile = { kind: KIND, study, round, index, ...reply, arrays };
  await out.write(`${JSON.stringify(file, null, 2)}\n`);
  await out.finish();
}

/**
 * Reads the result of a trial, its arrays too.
 *
 * @throws InputError naming the file and what is wrong with it
 */
export async function readTrialFile(
  path: string,
): Promise<{ readonly file: TrialFile; readonly reply: TrialReply }> {
  const file = await readJson<TrialFile>(path, {
    kind: TEXT,
    study: TEXT,
    round: NUMBER,
    index: NUMBER,
    settings: TABLE,
    figures: TABLE,
  });
  if (file.kind !== KIND) {
    throw new InputError(`Cannot read ${path}`, "it is no result of a trial");
  }
  const { kind: _, study: __, round: ___, index: ____, arrays: hash, ...reply } = file;
  if (hash === undefined) return { file, reply };
  const arrays = await readArrays(arraysPath(path), hash);
  return { file, reply: { ...reply, arrays: encodeArrays(arrays) } };
}

async function readArrays(path: string, expected: string): Promise<Record<string, NdArray>> {
  using file = await readSafetensors(path);
  if (file.sha256 !== expected) {
    throw new InputError(`Cannot read ${path}`, "its bytes are not those that the trial wrote");
  }
  const arrays: Record<string, NdArray> = {};
  for (const name of file.tensors.keys()) arrays[name] = await file.read(name);
  return arrays;
}
