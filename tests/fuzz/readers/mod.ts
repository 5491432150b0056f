/** Every reader of bytes that come from elsewhere. */
import type { FuzzedReader } from "../reader.ts";
import { ARRAY_READERS } from "./arrays.ts";
import { PICTURE_READERS } from "./pictures.ts";
import { RUN_READERS } from "./runs.ts";
import { SOUND_READERS } from "./sound.ts";
import { TABLE_READERS } from "./tables.ts";
import { TRAINING_READERS } from "./training.ts";

export const READERS: readonly FuzzedReader[] = [
  ...SOUND_READERS,
  ...PICTURE_READERS,
  ...TABLE_READERS,
  ...ARRAY_READERS,
  ...RUN_READERS,
  ...TRAINING_READERS,
];
