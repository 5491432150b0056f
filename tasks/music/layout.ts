/**
 * How a folder of music is laid out: the files of the Million Song Dataset Challenge, and the sound.
 *
 * @module
 */

/** Plays to learn from, `user<TAB>song<TAB>count` a line; may be gzip, with `.gz` behind. */
export const TRAINING_PLAYS = "train_triplets.txt";

/** Of listeners to evaluate with: the half of their songs that may be seen. */
export const VISIBLE_PLAYS = "eval_triplets_visible.txt";

/** The other half, to be found. */
export const HIDDEN_PLAYS = "eval_triplets_hidden.txt";

/** Folder of `<song id>.wav`, `.aiff` or `.mp3`. */
export const AUDIO_FOLDER = "audio";

/** Ids to leave out, one a line; as they are, or as the dataset's list of mismatches has them. */
export const MISMATCHES = "mismatched.txt";

/** Parameters behind synthetic songs. */
export const TRUTH_TABLE = "truth.csv";
