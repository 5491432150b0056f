/**
 * `deno task bench NAME [arguments]`: runs one of the benches of this folder.
 *
 * @module
 */
const BENCHES: Readonly<Record<string, string>> = {
  matmul: "matrix products: GFLOP/s and GB/s by shape",
  conv2d: "convolution forward and its gradients: GFLOP/s by layer of the galaxy net",
  step: "a training step by kernel; arguments: galaxy or music, preset or network, batch, rounds",
  kmeans: "spherical K-means beside ml-kmeans and its float64 reference, and by kernel",
  encode: "encoding of spectrograms with pooling, beside the matrix product it stands for",
  tsne: "exact t-SNE beside druidjs and float64, and by kernel",
  nearest: "nearest items beside loops on the host; arguments: queries, items, columns, k, rounds",
  wmf: "a factorisation sweep beside plain TypeScript; arguments: factors, rounds, triplets file",
  soak: "ten thousand steps of a tiny net: objects and resident memory; argument: steps",
};

const [name, ...rest] = Deno.args;
if (name === undefined || !(name in BENCHES)) {
  const lines = Object.entries(BENCHES).map(([key, text]) => `  ${key.padEnd(12)} ${text}`);
  const unknown = name === undefined || name === "--help" ? [] : [`There is no bench "${name}"`];
  console.log([...unknown, "deno task bench NAME [arguments]", "", ...lines].join("\n"));
  Deno.exit(name === undefined || name === "--help" ? 0 : 2);
}
const path = new URL(`./${name}.ts`, import.meta.url).pathname;
const { code } = await new Deno.Command(Deno.execPath(), { args: ["run", "-A", path, ...rest] })
  .spawn().status;
Deno.exit(code);
