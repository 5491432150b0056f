/** Words of `deno task music` for a whole run of seconds: few songs, few steps. */
export const TINY_RUN: readonly string[] = [
  "train",
  "--preset",
  "smoke",
  ...[
    "songs=24",
    "artists=8",
    "listeners=60",
    "epochs=1",
    "mapIterations=60",
    "codeWords=8",
  ].flatMap((setting) => ["--set", setting]),
];
