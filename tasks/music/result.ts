/**
 * The figures of a music run, as `result.json` holds them.
 *
 * @module
 */
import type { MusicPhase } from "./task.ts";

/** Names of the rows, in the order in which they are shown. */
export const ROW_NAMES = [
  "random",
  "popularity",
  "shuffled",
  "metric",
  "ridge",
  "mlp",
  "content",
  "paper",
  "popularityOracle",
  "parameters",
  "bound",
] as const;

/** One of {@linkcode ROW_NAMES}. */
export type RowName = (typeof ROW_NAMES)[number];

/** What the rows are called. */
export const ROW_LABELS: Readonly<Record<RowName, string>> = {
  random: "random factors",
  popularity: "popularity (known plays: cold songs have none)",
  shuffled: "network, hearing the wrong song",
  metric: "metric learning on bag of words (triplets, for MLR)",
  ridge: "ridge on bag of words",
  mlp: "perceptron on bag of words",
  content: "network",
  paper: "network, paper protocol (leaks)",
  popularityOracle: "popularity, if it were known",
  parameters: "ridge on the parameters behind the sound",
  bound: "factors of the hidden plays: upper bound",
};

/** How well hidden plays were found. */
export interface Row {
  /** Mean average precision of the first 500. */
  readonly map: number;
  /** Mean area under the ROC curve of a listener. */
  readonly auc: number;
  /** Normalised discounted cumulative gain. */
  readonly ndcg: number;
}

/** Where a run has its factors from. */
export interface ImportedFrom {
  /** Folder of those of known plays, by which the strict rows are scored. */
  readonly from: string;
  /** Whether those of all plays, of the rows `paper` and `bound`, come from there too. */
  readonly all: boolean;
  /** Cold songs with factors in the strict table; see {@linkcode leakNote}. */
  readonly coldKnown: number;
}

/** What imported factors of cold songs mean. */
export function leakNote(coldKnown: number): string {
  return `${coldKnown} cold songs have imported factors: these are not used, but whoever made them ` +
    "knew plays of the songs, which the imported listeners then hold too: the strict rows leak";
}

/** How often neighbours are alike. */
export interface Agreement {
  /** Share of the neighbours. */
  readonly agreement: number;
  /** What neighbours drawn at random would share. */
  readonly chance: number;
}

/** How often neighbours on the map share the genre, in a sentence; nothing where there are no genres. */
export function genreSentence({ agreement, chance, cold }: MusicResult["map2d"]): string {
  if (agreement === undefined || chance === undefined) return "";
  const percent = (part: number) => `${Math.round(100 * part)} %`;
  const all = `${percent(agreement)} (chance ${percent(chance)})`;
  if (!cold) return `Of the ten nearest songs on the map ${all} share the genre.`;
  return `Of the ten songs nearest to a cold one on the map ${percent(cold.agreement)} (chance ${
    percent(cold.chance)
  }) share its genre; over all songs, most of which the network was fitted to, ${all}.`;
}

/** The result of a run. */
export interface MusicResult {
  /** Mean average precision of the network, strict protocol. */
  readonly map: number;
  /** Its area under the ROC curve. */
  readonly auc: number;
  /** All rows; `parameters` of synthetic songs only. */
  readonly rows: Readonly<Partial<Record<RowName, Row>>>;
  /** Rows that hear nothing, and the upper bound: mean average precision. */
  readonly baselines: Readonly<Record<string, number>>;
  /** Mean average precision of the network by tenths of popularity, least popular first. */
  readonly byPopularity: readonly (number | null)[];
  /** Share of pairs with different artists among the network's first ten. */
  readonly artistDiversity: number;
  /**
   * Share of the ten nearest on the map that have the same genre, and what chance gives: of all songs,
   * most of which the network was fitted to, and of `cold` ones, which it was not; nothing where songs
   * have no genres.
   */
  readonly map2d: Partial<Agreement> & {
    readonly cold?: Agreement;
    readonly divergence: number;
  };
  /** Songs learnt from, and cold ones. */
  readonly trainSongs: number;
  /** Songs whose plays were hidden. */
  readonly coldSongs: number;
  /** All listeners, and those who played a cold song. */
  readonly listeners: number;
  /** Listeners who are scored. */
  readonly scoredListeners: number;
  /** Share of the table of listeners and songs that has plays. */
  readonly density: number;
  /** Parameters of the network. */
  readonly parameters: number;
  /** What it learnt to make small. */
  readonly objective: string;
  /** Factors that were not computed here; none where both factorisations were. */
  readonly importedFactors?: ImportedFrom;
  /** Whether songs and listeners are synthetic. */
  readonly synthetic: boolean;
  /** Files that were left out. */
  readonly badFiles: readonly { readonly name: string; readonly reason: string }[];
  /** All of it. */
  readonly seconds: number;
  /** Its parts. */
  readonly timings: Readonly<Record<MusicPhase, number>>;
  /** The device. */
  readonly adapter: string;
}
