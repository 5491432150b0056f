/**
 * Runs a notebook's code without Jupyter, or with it where it is installed.
 *
 * @module
 */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { existsSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { testUnless } from "../test_unless.ts";

/** What running a notebook came to. */
export interface NotebookRun {
  /** Exit code of the process; 0 when every cell ran to its end. */
  readonly code: number;
  /** Its stdout and stderr. */
  readonly output: string;
}

/** A cell, as far as it matters here. */
export interface NotebookCell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
}

/** The cells of a notebook file. */
export function readCells(path: string): NotebookCell[] {
  return JSON.parse(Deno.readTextFileSync(path)).cells;
}

/** The code of a notebook as one module; a kernel that prints what it shows comes first. */
export function moduleOf(cells: readonly NotebookCell[]): string {
  const code = cells.filter(({ cell_type }) => cell_type === "code")
    .map(({ source }) => typeof source === "string" ? source : source.join(""));
  return [STUB, ...code].join("\n;\n");
}

/** Outside a kernel any look at `Deno.jupyter` throws; it can be replaced. */
const STUB = `Deno.jupyter = {
  display: (bundle) => Promise.resolve(console.log(bundle["text/plain"])),
}`;

/**
 * Runs the code of a notebook as a module beside it, so that its imports find what they name; types
 * are not checked, as the kernel checks none.
 */
export async function runAsModule(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<NotebookRun> {
  const folder = dirname(resolve(path));
  const module = await Deno.makeTempFile({ dir: folder, prefix: "notebook-", suffix: ".ts" });
  try {
    await Deno.writeTextFile(module, moduleOf(readCells(path)));
    return await run(Deno.execPath(), ["run", "-A", "--no-check", module], folder, env);
  } finally {
    await Deno.remove(module);
  }
}

type Output = Readonly<Record<string, unknown>>;

/** What the cells show, as bundles by type. */
function outputsOf(cells: readonly NotebookCell[]): Output[] {
  return cells.flatMap(({ outputs = [] }) => outputs.map(({ data = {} }) => data));
}

/** What the cells show of one type. */
export function textsOf(cells: readonly NotebookCell[], type: string): string[] {
  return outputsOf(cells).map((data) => [data[type] ?? ""].flat().join(""));
}

/** What a notebook of the toolkit must be. */
export interface NotebookExpectations {
  /** Name of the file in notebooks/, without its ending. */
  readonly name: string;
  /** What it prints as a module, with little work to do. */
  readonly prints: readonly string[];
  /** Outputs of each type in the kernel, with little work to do. */
  readonly shows: Readonly<Record<string, number>>;
  /** Types among the outputs that are shipped. */
  readonly shipped: readonly string[];
  /** Audio players, shipped and in the kernel. */
  readonly players: number;
  /** Looks at what the kernel has shown. */
  readonly look?: (cells: readonly NotebookCell[]) => void;
}

/** Little work, and nothing left in the cache. */
const QUICK = { CETUS_NOTEBOOK_QUICK: "1" };

/** Where a notebook of the toolkit is. */
export function notebookPath(name: string): string {
  return fileURLToPath(new URL(`../../notebooks/${name}.ipynb`, import.meta.url));
}

/** Tests that a notebook runs from its first cell to its last, and is shipped as it should be. */
export function testNotebook(
  { name, prints, shows, shipped, players, look = () => {} }: NotebookExpectations,
): void {
  const path = notebookPath(name);
  const countPlayers = (cells: readonly NotebookCell[]) =>
    textsOf(cells, "text/html").filter((html) => html.startsWith("<audio controls")).length;

  Deno.test(`the ${name} notebook runs as a module`, async () => {
    const { code, output } = await runAsModule(path, QUICK);
    assertEquals(code, 0, output);
    for (const text of prints) assertStringIncludes(output, text);
  });

  Deno.test(`the ${name} notebook is shipped with its outputs, small and without anyone's paths`, () => {
    const text = Deno.readTextFileSync(path);
    assert(text.length < 500_000, `${text.length} characters`);
    assertEquals(text.match(/"[^"]*(\/home\/|\/root\/|\/tmp\/|\/work\/|\/Users\/)[^"]*"/g), null);
    const cells = readCells(path);
    const types = outputsOf(cells).flatMap((data) => Object.keys(data));
    for (const type of shipped) assert(types.includes(type), `no output is ${type}`);
    assertEquals(countPlayers(cells), players);
  });

  testInKernel(`the ${name} notebook runs in Deno's kernel and shows its pictures`, async () => {
    const { code, output, cells } = await runInKernel(path, QUICK);
    assertEquals(code, 0, output);
    for (const [type, count] of Object.entries(shows)) {
      assertEquals(outputsOf(cells).filter((data) => type in data).length, count, type);
    }
    assertEquals(countPlayers(cells), players);
    look(cells);
  });
}

/** A test for which notebooks must run in the real kernel. */
export function testInKernel(name: string, fn: () => Promise<void>): void {
  testUnless(existsSync(NBCONVERT) ? undefined : `${NBCONVERT} is not there`, name, fn);
}

/** Debian's; others on PATH may belong to a Python without the rest of Jupyter. */
const NBCONVERT = "/usr/bin/jupyter-nbconvert";

/** Runs a notebook in Deno's kernel, with nothing installed outside a temporary folder. */
export async function runInKernel(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<NotebookRun & { readonly cells: NotebookCell[] }> {
  const folder = await Deno.makeTempDir({ prefix: "cetus-jupyter-" });
  try {
    await writeKernelSpec(`${folder}/data/kernels/deno`);
    const places = {
      HOME: folder,
      JUPYTER_DATA_DIR: `${folder}/data`,
      JUPYTER_CONFIG_DIR: `${folder}/config`,
      JUPYTER_RUNTIME_DIR: `${folder}/runtime`,
      IPYTHONDIR: `${folder}/ipython`,
      DENO_DIR: await cacheFolder(), // the packages are there already
    };
    const args = ["--to", "notebook", "--execute", "--output-dir", folder, "--output", "out.ipynb"];
    const { code, output } = await run(NBCONVERT, [...args, resolve(path)], folder, {
      ...places,
      ...env,
    });
    return { code, output, cells: code === 0 ? readCells(`${folder}/out.ipynb`) : [] };
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** As `deno jupyter --install` writes it, for this very Deno. */
async function writeKernelSpec(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const argv = [Deno.execPath(), "jupyter", "--kernel", "--conn", "{connection_file}"];
  const spec = { argv, display_name: "Deno", language: "typescript" };
  await Deno.writeTextFile(`${folder}/kernel.json`, JSON.stringify(spec));
}

async function cacheFolder(): Promise<string> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout)).denoDir;
}

async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<NotebookRun> {
  const { code, stdout, stderr } = await new Deno.Command(command, {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", ...env },
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, output: out + err };
}
