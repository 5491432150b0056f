/**
 * The file that the Million Song Dataset Challenge asks for: 500 items a user, best first.
 *
 * @module
 */
import type { OutputFile } from "../../../files/disk/output_file.ts";
import { quoted } from "../../../files/claims.ts";
import { type Archive, openArchive } from "../../../files/disk/archive.ts";
import { findFile } from "../../../files/disk/file_set.ts";
import { InputError } from "../../../files/input_error.ts";
import { utf8Text } from "../../../files/utf8.ts";
import type { Hooks } from "../../../gpu/fitting.ts";
import type { Gpu } from "../../../gpu/gpu.ts";
import type { NdArray } from "../../../gpu/tensor.ts";
import { recommend } from "../../../recsys/recommend.ts";
import type { ChallengePlays } from "./files.ts";
import { VISIBLE_PLAYS } from "../layout.ts";

/** Of Kaggle: `<song id> <index>` a line. */
export const KAGGLE_SONGS = "kaggle_songs.txt";

/** Of Kaggle: a user id a line, in the order of the submission. */
export const KAGGLE_USERS = "kaggle_users.txt";

/** Items of a line. */
export const SUBMITTED = 500;

/** Largest list of ids that is read, bytes. */
const LARGEST_LIST = 2 ** 30;

/** Users answered at a time: their lists take 32 MiB. */
const BLOCK = 8192;

/** What the lines of a submission say. */
export interface SubmissionForm {
  /** Numbers of the users, in the order of the lines. */
  readonly users: Uint32Array;
  /** What a line starts with, for each user. */
  readonly lead: (user: number) => string;
  /** What an item is called, by number. */
  readonly names: readonly string[];
}

/**
 * The form of a submission. Where `kaggle_songs.txt` and `kaggle_users.txt` are in the folder, that of
 * the contest: a line a user in the order of `kaggle_users.txt`, 500 indices of `kaggle_songs.txt`
 * with spaces between. Else a line an evaluation user in the order of the visible file,
 * `user<TAB>item item …`, with the ids of the files. Fewer items where a user has fewer left.
 *
 * @throws {InputError} for one Kaggle file without the other, lines that are not as they should be,
 * users without visible plays, known items without an index, and without Kaggle's files an item whose
 * id has a space
 */
export async function submissionForm(
  data: string,
  { known, userIds, itemIds, evaluationUsers }: ChallengePlays,
): Promise<SubmissionForm> {
  using archive = await openArchive(data);
  const [songs, users] = [
    await readLines(archive, KAGGLE_SONGS),
    await readLines(archive, KAGGLE_USERS),
  ];
  const ids = Array.from({ length: known.items }, (_, item) => itemIds.id(item));
  if (!songs && !users) {
    const split = ids.find((id) => /\s/.test(id));
    if (split !== undefined) {
      throw new InputError(
        "Cannot write a submission",
        `the item ${quoted(split)} has a space in its id, and spaces stand between items`,
      );
    }
    return { users: evaluationUsers, lead: (user) => `${userIds.id(user)}\t`, names: ids };
  }
  if (!songs || !users) {
    const [there, missing] = songs ? [KAGGLE_SONGS, KAGGLE_USERS] : [KAGGLE_USERS, KAGGLE_SONGS];
    throw new InputError(`Cannot use ${data}/${there}`, `expected ${missing} beside it`);
  }
  const indices = songIndices(`${data}/${KAGGLE_SONGS}`, songs);
  const names = ids.map((id) => {
    const index = indices.get(id);
    if (index !== undefined) return index;
    throw new InputError(`Cannot use ${data}/${KAGGLE_SONGS}`, `it has no song ${quoted(id)}`);
  });
  const evaluated = new Set(evaluationUsers);
  const numbers = Uint32Array.from(users, (id, line) => {
    const user = userIds.indexOf(id);
    if (evaluated.has(user)) return user;
    throw new InputError(
      `Cannot use ${data}/${KAGGLE_USERS}`,
      `line ${line + 1}, user ${quoted(id)} has no plays in ${VISIBLE_PLAYS}, expected some`,
    );
  });
  return { users: numbers, lead: () => "", names };
}

/** Lines without the blank ones at the end; none where there is no file. */
async function readLines(archive: Archive, file: string): Promise<string[] | undefined> {
  const path = await findFile(archive, file);
  if (path === undefined) return undefined;
  const bytes = await archive.read(path, LARGEST_LIST);
  const attempt = `Cannot read ${archive.name}/${path}`;
  const lines = utf8Text(bytes, attempt).trimEnd().split(/\r?\n/);
  if (lines[0] !== "") return lines;
  throw new InputError(attempt, "it starts with a blank line, expected an id");
}

function songIndices(path: string, lines: readonly string[]): Map<string, string> {
  const indices = new Map<string, string>();
  for (const [at, line] of lines.entries()) {
    const [, id, index] = /^(\S+) (\d{1,9})$/.exec(line) ?? [];
    if (id === undefined || indices.has(id)) {
      throw new InputError(
        `Cannot read ${path}`,
        `line ${at + 1} is ${quoted(line)}, expected <song id> <index>, each song once`,
      );
    }
    indices.set(id, index);
  }
  return indices;
}

/** How a submission is written. */
export interface SubmissionOptions extends Hooks {
}

/**
 * Writes the {@linkcode SUBMITTED} best items of each user without those that the user is known to play.
 *
 * @throws {InputError} when the file cannot be written
 */
export async function writeSubmission(
  gpu: Gpu,
  file: OutputFile,
  { known }: ChallengePlays,
  factors: { readonly users: NdArray<Float32Array>; readonly items: NdArray<Float32Array> },
  form: SubmissionForm,
  { signal, progress }: SubmissionOptions = {},
): Promise<void> {
  const k = Math.min(SUBMITTED, known.items);
  for (let first = 0; first < form.users.length; first += BLOCK) {
    const block = form.users.subarray(first, first + BLOCK);
    const found = await recommend(gpu, factors, known, {
      k,
      users: block,
      signal,
      progress: (done) => progress?.(first + done, form.users.length),
    });
    const lines = Array.from(block, (user, row) => {
      const best = found.indices.data.subarray(row * k, row * k + found.counts[row]);
      return `${form.lead(user)}${Array.from(best, (item) => form.names[item]).join(" ")}\n`;
    });
    await file.write(lines.join(""));
  }
  await file.finish();
}
