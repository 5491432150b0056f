/**
 * `deno task bench NAME [arguments]`: runs one of the benches of this folder.
 *
 * @module
 */
const BENCHES: Readonly<Record<string, string>> = {
  matmul: "matrix products: GFLOP/s and GB/s by shape",
  conv2d: "convolution forward and its gradients: GFLOP/s by layer of the galaxy net",
  galaxy_step: "a training step of the galaxy net, by kernel; arguments: preset, batch, rounds",
  music_step: "a training step of a music network, by kernel; arguments: network, batch, rounds",
  kmeans: "spherical K-means, by kernel; arguments: rows, columns, centroids, iterations, rounds",
  kmeans_peer: "spherical K-means beside ml-kmeans and beside its float64 reference",
  encode: "encoding of spectrograms with pooling, beside the matrix product it stands for",
  tsne: "exact t-SNE, by kernel, and its divergence beside float64; arguments: rows, columns, …",
  tsne_peer: "exact t-SNE beside druidjs, and its divergence beside float64",
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
