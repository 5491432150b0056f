/**
 * Kaggle's Galaxy Challenge on disk: the names of its files, and labels that are checked.
 *
 * @module
 */
import { otherCapitals, someOf } from "../../files/claims.ts";
import type { Table } from "../../files/table.ts";
import { InputError } from "../../files/input_error.ts";
import {
  type Archive,
  type ArchiveOptions,
  openArchive,
  pathIn,
} from "../../files/disk/archive.ts";
import {
  type ImageSource,
  openImageFolder,
  openImageSet,
  readNamedTable,
} from "../../files/disk/image_source.ts";
import { answerRows } from "./dataset.ts";
import {
  ANSWER_COLUMNS,
  ID_COLUMN,
  type Q6Weight,
  type Question,
  QUESTIONS,
  questionWeight,
  weightColumns,
} from "./questions.ts";

/** Kaggle's set of labelled images, 61,578 of them. */
export const TRAINING_IMAGES = "images_training_rev1";

/** Kaggle's set of images without labels, 79,975 of them. */
export const TEST_IMAGES = "images_test_rev1";

/** Kaggle's labels. */
export const TRAINING_TABLE = "training_solutions_rev1.csv";

/** How far a label may lie outside [0, 1]. */
const RANGE_TOLERANCE = 1e-5;

/** How far a question's answers may miss their sum; Kaggle's rounding leaves 2e-6. */
const SUM_TOLERANCE = 1e-3;

/** Options of {@linkcode openGalaxyData}. */
export interface GalaxyDataOptions extends ArchiveOptions {
  /** How question 6 is weighted in the labels. Default `one`, as Kaggle released them. */
  readonly q6Weight?: Q6Weight;
  /** Name of the image set. Default {@linkcode TRAINING_IMAGES}. */
  readonly images?: string;
  /** Name of the label table. Default {@linkcode TRAINING_TABLE}. */
  readonly table?: string;
}

/** Labelled galaxies. */
export interface GalaxyData extends Disposable {
  /** The galaxies that have both image and labels, in the order of their file names. */
  readonly ids: readonly string[];
  /** Their labels `[n, 37]`, in the order of `ANSWER_COLUMNS`. */
  readonly labels: Float32Array;
  /** Their images, and the unlabelled ones. */
  readonly source: ImageSource;
  /** Number of images without a label row; they are not among `ids`. */
  readonly unlabelledCount: number;
}

function checkSums(file: string, table: Table, q6Weight: Q6Weight): void {
  const width = ANSWER_COLUMNS.length;
  table.lines.forEach((line, r) => {
    const row = table.values.subarray(r * width, (r + 1) * width);
    for (const question of QUESTIONS) checkSum(file, line, row, question, q6Weight);
  });
}

function checkSum(
  file: string,
  line: number,
  row: Float64Array,
  question: Question,
  q6Weight: Q6Weight,
): void {
  let sum = 0;
  for (let c = question.start; c < question.end; c++) sum += row[c];
  const weight = questionWeight(row, question, q6Weight);
  if (Math.abs(sum - weight) <= SUM_TOLERANCE) return;
  const names = weightColumns(question, q6Weight).map((column) => ANSWER_COLUMNS[column]);
  const expected = names.length === 0 ? "1" : `${names.join(" + ")} = ${round(weight)}`;
  const columns = `${ANSWER_COLUMNS[question.start]} to ${ANSWER_COLUMNS[question.end - 1]}`;
  throw new InputError(
    `Cannot read ${file}`,
    `line ${line}, question ${question.number} (${question.text}): ` +
      `the sum of ${columns} is ${round(sum)}, expected ${expected}`,
  );
}

function round(value: number): number {
  return Number(value.toFixed(6));
}

/**
 * Reads and checks a table of labels.
 *
 * @param archive Where it is
 * @param file Its name
 * @param q6Weight How question 6 is weighted
 * @returns The 37 columns in the order of `ANSWER_COLUMNS`
 * @throws {InputError} naming file, line and column or question: what `readTable` refuses, a number
 * outside [0, 1] by more than 1e-5, answers that miss their sum by more than 1e-3
 */
export async function readGalaxyLabels(
  archive: Archive,
  file: string = TRAINING_TABLE,
  q6Weight: Q6Weight = "one",
): Promise<Table> {
  const table = await readNamedTable(archive, file, {
    idColumn: ID_COLUMN,
    columns: ANSWER_COLUMNS,
    range: { min: 0, max: 1, tolerance: RANGE_TOLERANCE },
  });
  checkSums(pathIn(archive, file), table, q6Weight);
  return table;
}

function checkImages(table: Table, file: string, images: ImageSource): void {
  const known = new Set(images.ids);
  const missing = table.ids.filter((id) => !known.has(id));
  if (missing.length === 0) return;
  throw new InputError(
    `Cannot use ${file}`,
    `${missing.length} of its ${table.ids.length} rows have no image in ${images.name}: ` +
      someOf(missing) + otherCapitals(missing, images.ids),
  );
}

function labelsInOrder(table: Table, ids: readonly string[]): Float32Array {
  const rowOf = new Map(table.ids.map((id, row) => [id, row]));
  return answerRows(Float32Array.from(table.values), ids.map((id) => rowOf.get(id)!));
}

/**
 * Opens labelled galaxies: Kaggle's folder or zip, or anything laid out like it.
 *
 * @param path Folder or zip with `images_training_rev1` and `training_solutions_rev1.csv`
 * @param options Other names, the weight of question 6
 * @throws {InputError} files that are missing, what {@linkcode readGalaxyLabels} refuses, label rows
 * without an image (the count and up to five ids), a table without rows
 *
 * @example
 * ```ts
 * import { openGalaxyData } from "./data.ts";
 * import { synthesiseGalaxies } from "./synthesise.ts";
 *
 * const out = await Deno.makeTempDir();
 * await synthesiseGalaxies({ count: 2, seed: 1, out, workers: 1 });
 * using data = await openGalaxyData(out);
 * console.log(`${data.ids.length} galaxies, ${data.unlabelledCount} images without labels`);
 * ```
 */
export async function openGalaxyData(
  path: string,
  options: GalaxyDataOptions = {},
): Promise<GalaxyData> {
  const file = options.table ?? TRAINING_TABLE;
  using opened = new DisposableStack();
  const archive = opened.use(await openArchive(path, options));
  const table = await readGalaxyLabels(archive, file, options.q6Weight);
  const tablePath = pathIn(archive, file);
  if (table.ids.length === 0) throw new InputError(`Cannot use ${tablePath}`, "it has no rows");
  const images = opened.use(await openImageSet(archive, options.images ?? TRAINING_IMAGES));
  checkImages(table, tablePath, images);
  const labelled = new Set(table.ids);
  const ids = images.ids.filter((id) => labelled.has(id));
  const files = opened.move(); // from here on they stay open
  return {
    ids,
    labels: labelsInOrder(table, ids),
    source: images,
    unlabelledCount: images.ids.length - ids.length,
    [Symbol.dispose]: () => files.dispose(),
  };
}

/**
 * Opens galaxies to predict: `images_test_rev1` in Kaggle's folder or zip where there is one, else a
 * plain folder or zip of `<id>.jpg` files, or one such file.
 *
 * @param path Folder, zip or file
 * @throws {InputError} when there is neither
 */
export async function openGalaxyImages(
  path: string,
  { images = TEST_IMAGES, ...options }: Omit<GalaxyDataOptions, "table" | "q6Weight"> = {},
): Promise<ImageSource> {
  return await openImageFolder(path, [images], options);
}
