const SMOKE = ["--preset", "smoke"];

/** Settings of few songs and few steps, for a run and for a search. */
const FEW = ["songs=24", "artists=8", "listeners=60", "epochs=1"];

const given = (settings: readonly string[]) => settings.flatMap((setting) => ["--set", setting]);

/** Words of `deno task music` for a whole run of seconds. */
export const TINY_RUN: readonly string[] = [
  "train",
  ...SMOKE,
  ...given([...FEW, "mapIterations=60", "codeWords=8"]),
];

/** The same for a search, whose trials have neither map nor words. */
export const TINY_SEARCH: readonly string[] = ["search", ...SMOKE, ...given(FEW)];
