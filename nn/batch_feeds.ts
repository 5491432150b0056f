/** Batches of a data set as feeds of a recorded step. */
import { check } from "../gpu/check.ts";
import type { Feeds } from "../gpu/program.ts";
import type { Recorder } from "../gpu/recorder.ts";
import type { Tensor } from "../gpu/tensor.ts";
import type { Batch, Dataset, FieldSpec } from "./data.ts";
import { packState, STATE_FEED, STATE_WORDS, type StepState } from "./state.ts";

/** A batch in a record: its tensors, and how the host fills them. */
export interface RecordedBatch {
  /** The named fields, each `[size, ...]`. */
  readonly fields: Readonly<Record<string, Tensor>>;
  /** The step state, `u32 [8]`. */
  readonly state: Tensor;
  /** The feeds of a batch; its count joins the state. */
  feedsOf(batch: Batch, state: Omit<StepState, "count">): Feeds;
}

/**
 * Feeds for the named fields of a data set and for the step state.
 *
 * @param size examples a batch
 * @throws RangeError when the data set lacks a field
 */
export function recordBatch(
  recorder: Recorder,
  data: Dataset,
  names: readonly string[],
  size: number,
): RecordedBatch {
  const fields = names.map((name) => {
    const { shape, dtype } = fieldOf(data, name);
    return [name, recorder.feed(name, [size, ...shape], dtype)] as const;
  });
  return {
    fields: Object.fromEntries(fields),
    state: recorder.feed(STATE_FEED, [STATE_WORDS], "u32"),
    feedsOf: ({ fields, count }, state) => ({
      ...Object.fromEntries(names.map((name) => [name, fields[name]])),
      [STATE_FEED]: packState({ ...state, count }),
    }),
  };
}

/** The named field of a data set. */
export function fieldOf(data: Dataset, name: string): FieldSpec {
  const fields = Object.keys(data.fields);
  check(
    fields.includes(name),
    "Cannot read a data set",
    { fields },
    `a field "${name}" among them`,
  );
  return data.fields[name];
}
