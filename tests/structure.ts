/**
 * The rules of the source tree that no compiler checks, as pure functions from a map of path to
 * text to findings. `structure_test.ts` runs each over the repository, and over a bad sample.
 *
 * Paths are relative to the repository, with "/" between folders.
 *
 * @module
 */
import { scriptTokens, shaderTokens, type Token } from "./tokens.ts";

/** Path to text of each file that a rule looks at. */
export type Files = ReadonlyMap<string, string>;

/** One breach of a rule. */
export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly message: string;
}

/** One finding a line, as editors and terminals link them. */
export function describe(findings: readonly Finding[]): string {
  return findings.map(({ file, line, message }) => `${file}:${line} ${message}`).join("\n");
}

// ---- (a) Who may import whom ----------------------------------------------------------------

/**
 * The folders that each folder may import from, besides itself and deps_*.ts. "." is the root:
 * mod.ts and its neighbours.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  gpu: [],
  files: ["gpu"],
  nn: ["gpu", "files"],
  audio: ["gpu", "files"],
  recsys: ["gpu", "files", "nn", "audio"],
  tasks: ["gpu", "files", "nn", "audio", "recsys", "."],
  web: ["gpu", "files", "nn", "audio", "recsys", "tasks", "."],
  notebooks: ["gpu", "files", "nn", "audio", "recsys", "tasks", "."],
  bench: ["gpu", "files", "nn", "audio", "recsys", "tasks", "tests", "."],
  docs: ["gpu", "files", "nn", "audio", "recsys", "tasks", "."],
  tests: [
    "gpu",
    "files",
    "nn",
    "audio",
    "recsys",
    "tasks",
    "bench",
    "docs",
    "web",
    "notebooks",
    ".",
  ],
  ".": ["gpu", "files", "nn", "audio", "recsys", "tasks"],
};

/** Import edges that point against `gpu <- nn, audio, recsys <- tasks`. */
export function importEdges(files: Files): Finding[] {
  return everyImport(files).flatMap(({ file, line, specifier }) => {
    if (!isRelative(specifier)) return [];
    const target = resolvePath(file, specifier);
    const [from, to] = [topFolder(file), topFolder(target)];
    if (from === to || isPackageList(target) && to === ".") return [];
    const allowed = MAY_IMPORT[from];
    if (allowed?.includes(to)) return [];
    const expected = allowed
      ? `${from}/ may import ${[...allowed, "itself", "deps_*.ts"].join(", ")}`
      : `${from}/ has no place in MAY_IMPORT of tests/structure.ts`;
    return [{ file, line, message: `imports ${target}; ${expected}` }];
  });
}

/** What each folder of tasks/ may import of the others. */
const MAY_IMPORT_OF_TASKS: Readonly<Record<string, readonly string[]>> = {
  run: [],
  report: ["run"],
  study: ["run", "report"],
  galaxy: ["run", "report", "study"],
  whale: ["run", "report", "study"],
  music: ["run", "report", "study"],
  doctor: ["run", "galaxy"],
};

/** Imports of one task by another, or by what tasks share unless by name and late: see problems.ts. */
export function taskEdges(files: Files): Finding[] {
  return everyImport(files).flatMap(({ file, line, specifier, isLate }) => {
    const target = isRelative(specifier) ? resolvePath(file, specifier) : "";
    const [from, to] = [file, target].map((path) => /^tasks\/(\w+)\//.exec(path)?.[1]);
    if (!from || !to || from === to || isLate) return [];
    const allowed = MAY_IMPORT_OF_TASKS[from] ?? [];
    if (allowed.includes(to)) return [];
    const expected = ["itself", ...allowed].join(", ");
    return [{ file, line, message: `imports ${target}; tasks/${from} may import ${expected}` }];
  });
}

/** What pure formats may know of gpu/: arrays and checks, nothing of devices. */
const HOST_FILES = ["check", "tensor", "worker_pool", "worker_side"]
  .map((name) => `gpu/${name}.ts`);

/** Imports by files/ of more than the host's side of gpu/, and of files/disk by what holds no paths. */
export function fileEdges(files: Files): Finding[] {
  return everyImport(files).flatMap(({ file, line, specifier, isLate }) => {
    if (!isRelative(specifier)) return [];
    const [target, from] = [resolvePath(file, specifier), topFolder(file)];
    if (from === "files" && topFolder(target) === "gpu" && !HOST_FILES.includes(target)) {
      return [{
        file,
        line,
        message: `imports ${target}; expected one of ${HOST_FILES.join(", ")}`,
      }];
    }
    if (!target.startsWith("files/disk/") || mayTouchHost(file) || isLate) return [];
    return [{ file, line, message: `imports ${target}; expected import() where a path is taken` }];
  });
}

/** Imports that come back to where they began, types included; each circle once. */
export function importCircles(files: Files): Finding[] {
  const edges = new Map<string, { target: string; line: number }[]>();
  for (const { file, line, specifier, isWorker } of everyImport(files)) {
    if (isWorker || !isRelative(specifier)) continue;
    const known = edges.get(file) ?? [];
    edges.set(file, [...known, { target: resolvePath(file, specifier), line }]);
  }
  return [...edges.keys()].flatMap((file) => {
    const way = wayBack(edges, file);
    if (!way || way.some(({ target }) => target < file)) return [];
    const names = [file, ...way.map(({ target }) => target)];
    return [{ file, line: way[0].line, message: `imports in a circle: ${names.join(" -> ")}` }];
  });
}

/** The shortest chain of imports from a file back to itself. */
function wayBack(
  edges: ReadonlyMap<string, readonly { target: string; line: number }[]>,
  start: string,
): { target: string; line: number }[] | undefined {
  const seen = new Set<string>();
  let ways = (edges.get(start) ?? []).map((edge) => [edge]);
  while (ways.length > 0) {
    const found = ways.find((way) => way.at(-1)!.target === start);
    if (found) return found;
    ways = ways.flatMap((way) => {
      const { target } = way.at(-1)!;
      if (seen.has(target)) return [];
      seen.add(target);
      return (edges.get(target) ?? []).map((edge) => [...way, edge]);
    });
  }
}

// ---- The host's own interfaces --------------------------------------------------------------

/** Where the host's files, processes and environment are known: `Deno` and `node:` modules. */
function mayTouchHost(file: string): boolean {
  return file.startsWith("files/disk/") || file === "files/mod.ts" ||
    ["tasks", "tests", "bench", "docs"].includes(topFolder(file));
}

/** Uses of `Deno` and of `node:` modules in what a browser loads. */
export function hostUses(files: Files): Finding[] {
  return scripts(files).filter(([file]) => !mayTouchHost(file)).flatMap(([file, text]) => {
    const tokens = scriptTokens(text);
    return tokens.flatMap(({ kind, text, line }, at) => {
      const isDeno = kind === "code" && text === "Deno" && isCode(tokens[at + 1], ".");
      if (!isDeno && !(kind === "string" && text.startsWith("node:"))) return [];
      return [{ file, line, message: `uses ${text}; expected it in files/disk/ or tasks/ only` }];
    });
  });
}

/** What of `Deno` reaches the disk; in files/disk/ its errors get the path that the user gave. */
const DISK =
  /^(open|read(Text)?File|write(Text)?File|readDir|l?stat|mkdir|rename|remove|copyFile|realPath|makeTemp(Dir|File))(Sync)?$/;

/** Uses of the disk in tasks/ past files/disk/. */
export function bareDisk(files: Files): Finding[] {
  return scripts(files).filter(([file]) => topFolder(file) === "tasks").flatMap(([file, text]) => {
    const tokens = scriptTokens(text);
    return tokens.flatMap(({ kind, text, line }, at) => {
      const isUse = kind === "code" && text === "Deno" && isCode(tokens[at + 1], ".") &&
        DISK.test(tokens[at + 2]?.text ?? "");
      if (!isUse) return [];
      const use = `Deno.${tokens[at + 2].text}`;
      return [{ file, line, message: `uses ${use}; expected a function of files/disk/` }];
    });
  });
}

// ---- Sentences about what is wrong ----------------------------------------------------------

/** Calls whose words are read when something is wrong. */
const WORDS_ERRORS = /Error$|^(check|whole|within|positive|oneOf|mismatch|fail|refuse)/;
/** Other grammars than "Cannot <attempt>: <name> is <came>, expected <what>". */
const OTHER_GRAMMAR = /\bmust be\b|\bit must\b|\b(is|are|was|were) expected\b|\bgot\b|\bcame\b/;

/** Errors that are not worded as the others. */
export function errorSentences(files: Files): Finding[] {
  return scripts(files).filter(([file]) => !["tests", "web"].includes(topFolder(file)))
    .flatMap(([file, text]) => {
      const found = new Map<number, Finding>();
      for (const { text: words, line } of errorTexts(scriptTokens(text))) {
        const [other] = OTHER_GRAMMAR.exec(words) ?? [];
        const message = `"${other}" in an error; expected "<name> is <came>, expected <what>"`;
        if (other) found.set(line, { file, line, message });
      }
      return [...found.values()];
    });
}

/** Strings within the parentheses of calls that word errors, and of what is thrown. */
function errorTexts(tokens: readonly Token[]): Token[] {
  const calls: boolean[] = [];
  return tokens.filter(({ kind, text }, at) => {
    const before = tokens[at - 1];
    if (kind === "code" && text === "(") {
      calls.push(before?.kind === "code" && WORDS_ERRORS.test(before.text));
    } else if (kind === "code" && text === ")") calls.pop();
    return kind !== "code" && calls.includes(true);
  });
}

// ---- (b) Package names ----------------------------------------------------------------------

const EXACT_PACKAGE = /^npm:(@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+(-[\w.-]+)?(\/.*)?$/;

/**
 * Specifiers that break where Cetus is imported from a URL, or that may resolve to another version
 * tomorrow. A consumer never sees our import map, so published code names packages in deps*.ts only.
 */
export function packageNames(files: Files): Finding[] {
  return everyImport(files).flatMap(({ file, line, specifier }) => {
    const message = specifierFault(file, specifier);
    return message ? [{ file, line, message: `"${specifier}": ${message}` }] : [];
  });
}

function specifierFault(file: string, specifier: string): string | undefined {
  if (isRelative(specifier) || specifier.startsWith("node:")) return;
  if (specifier.startsWith("npm:")) {
    if (!isPackageList(file)) return "npm: specifiers belong in deps_*.ts";
    if (!EXACT_PACKAGE.test(specifier)) return "expected an exact version, npm:name@1.2.3";
    return;
  }
  if (["tests", "bench"].includes(topFolder(file))) return;
  return "published code imports relative paths, node: modules, and packages through deps_*.ts";
}

/** Versions in the `imports` of deno.json that are not exact. */
export function importMapVersions(denoJson: string): Finding[] {
  const imports: Record<string, string> = JSON.parse(denoJson).imports ?? {};
  return Object.values(imports)
    .filter((target) => target.startsWith("npm:") && !EXACT_PACKAGE.test(target))
    .map((target) => ({
      file: "deno.json",
      line: lineOf(denoJson, denoJson.indexOf(JSON.stringify(target))),
      message: `"${target}": expected an exact version, npm:name@1.2.3`,
    }));
}

// ---- (c) Variables in WGSL loops ------------------------------------------------------------

/**
 * A `var` inside a loop without an initialiser. WGSL zeroes it in each iteration; the compiler in
 * Deno 2.9 (wgpu issue 9489) does not, and the sum of the last iteration leaks into the next.
 */
export function loopVariables(files: Files): Finding[] {
  return [...files].filter(([file]) => file.endsWith(".wgsl")).flatMap(([file, text]) =>
    uninitialisedInLoops(shaderTokens(text)).map(({ line, name }) => ({
      file,
      line,
      message: `"var ${name}" in a loop has no initialiser; write one, even for zero`,
    }))
  );
}

function uninitialisedInLoops(tokens: readonly Token[]): { line: number; name: string }[] {
  const found: { line: number; name: string }[] = [];
  const braces: ("loop" | "other")[] = [];
  let loopHeader = false;
  tokens.forEach(({ text, line }, at) => {
    if (["for", "while", "loop"].includes(text)) loopHeader = true;
    else if (text === "{") {
      braces.push(loopHeader ? "loop" : "other");
      loopHeader = false;
    } else if (text === "}") braces.pop();
    else if (text === "var" && braces.includes("loop")) {
      const declaration = tokens.slice(at + 1, endOfStatement(tokens, at));
      if (declaration.every((token) => token.text !== "=")) {
        found.push({ line, name: declaredName(declaration) });
      }
    }
  });
  return found;
}

function endOfStatement(tokens: readonly Token[], from: number): number {
  const end = tokens.findIndex((token, at) => at > from && token.text === ";");
  return end < 0 ? tokens.length : end;
}

// `var<function> sum: f32`: the name follows the address space.
function declaredName(declaration: readonly Token[]): string {
  const at = declaration[0]?.text === "<"
    ? declaration.findIndex((token) => token.text === ">") + 1
    : 0;
  return declaration[at]?.text ?? "";
}

// ---- (d) Documentation ----------------------------------------------------------------------

/** Findings in the output of `deno doc --lint`; paths below `root` are made relative. */
export function documentationFindings(output: string, root: string): Finding[] {
  const plain = stripColours(output);
  const pattern = /^error\[([\w-]+)\]: (.+)\n\s*--> (.+?):(\d+)(?::\d+)?$/gm;
  return [...plain.matchAll(pattern)].map(([, code, message, path, line]) => ({
    file: path.startsWith(root) ? path.slice(root.length).replace(/^\//, "") : path,
    line: Number(line),
    message: `${message} (${code})`,
  }));
}

/** Entry points of deno.json that exist, and a finding for each that does not. */
export function entryPoints(
  denoJson: string,
  exists: (path: string) => boolean,
): { present: string[]; missing: Finding[] } {
  const targets = Object.values(JSON.parse(denoJson).exports as Record<string, string>);
  const [present, absent] = [targets.filter(exists), targets.filter((path) => !exists(path))];
  const missing = absent.map((path) => ({
    file: "deno.json",
    line: lineOf(denoJson, denoJson.indexOf(JSON.stringify(path))),
    message: `exports "${path}", but there is no such file`,
  }));
  return { present, missing };
}

function stripColours(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "");
}

// ---- (e) Chance and the clock ---------------------------------------------------------------

/** Each of these gives another answer each time, so that a run could not be repeated. */
const IMPURE: readonly (readonly string[])[] = [
  ["Math", ".", "random"],
  ["Date", ".", "now"],
  ["new", "Date", "(", ")"],
  ["performance", ".", "now"],
  ["crypto", ".", "getRandomValues"],
  ["crypto", ".", "randomUUID"],
];

/** Where the clock is read for people, never for a result. Path to reason. */
const MAY_READ_CLOCK: Readonly<Record<string, string>> = {};

/** Uses of chance or the clock in gpu/, nn/, audio/ and recsys/. */
export function chanceAndClock(
  files: Files,
  allowed: Readonly<Record<string, string>> = MAY_READ_CLOCK,
): Finding[] {
  return scripts(files)
    .filter(([file]) => ["gpu", "nn", "audio", "recsys"].includes(topFolder(file)))
    .filter(([file]) => !(file in allowed))
    .flatMap(([file, text]) => impureCalls(file, scriptTokens(text)));
}

function impureCalls(file: string, tokens: readonly Token[]): Finding[] {
  return tokens.flatMap(({ line }, at) => {
    const call = IMPURE.find((words) => words.every((word, i) => isCode(tokens[at + i], word)));
    if (!call) return [];
    const name = call.join("").replace("new", "new ");
    return [{ file, line, message: `${name}: pass a key, or name the file in MAY_READ_CLOCK` }];
  });
}

// ---- (f) A shader's neighbours --------------------------------------------------------------

/**
 * Shader files that are concatenated in front of others and hold no entry point of their own.
 * Path to the test that covers them.
 */
const SHARED_SHADERS: Readonly<Record<string, string>> = {
  "audio/encode_codes.wgsl": "tests/audio/encode_test.ts",
  "audio/encode_places.wgsl": "tests/audio/encode_test.ts",
  "audio/encode_responses.wgsl": "tests/audio/encode_test.ts",
  "gpu/grid.wgsl": "tests/gpu/kernel_test.ts",
  "gpu/larger.wgsl": "tests/nn/not_a_number_test.ts",
  "gpu/operands_buffers.wgsl": "tests/gpu/texels_test.ts",
  "gpu/operands_texels.wgsl": "tests/gpu/texels_test.ts",
  "gpu/pointwise.wgsl": "tests/gpu/elementwise_test.ts",
  "gpu/threefry.wgsl": "tests/gpu/random_test.ts",
  "nn/softmax.wgsl": "tests/nn/activation_test.ts",
  "nn/state.wgsl": "tests/nn/state_test.ts",
};

/** Shaders without a reference beside them or without a test. */
export function shaderNeighbours(
  files: Files,
  shared: Readonly<Record<string, string>> = SHARED_SHADERS,
): Finding[] {
  const shaders = [...files.keys()].filter((file) => file.endsWith(".wgsl"));
  return shaders.flatMap((file) => {
    const stem = file.slice(0, -".wgsl".length);
    const needed = shared[file] ? [shared[file]] : [`${stem}_ref.ts`, `tests/${stem}_test.ts`];
    return needed.filter((path) => !files.has(path))
      .map((path) => ({ file, line: 1, message: `expected ${path}, which is not there` }));
  });
}

// ---- (g) Examples -----------------------------------------------------------------------------

/** Examples in anything but plain `ts`, such as those told to be left out: no test runs them. */
export function skippedExamples(files: Files): Finding[] {
  return scripts(files).flatMap(([file, text]) =>
    text.split("\n").flatMap((line, at) => {
      const [, language] = /^\s*\* ```(\S.*)$/.exec(line) ?? [];
      if (!language || language === "ts") return [];
      return [{ file, line: at + 1, message: `example in "${language}", expected "ts"` }];
    })
  );
}

// ---- What the rules share -------------------------------------------------------------------

interface Import {
  readonly file: string;
  readonly line: number;
  readonly specifier: string;
  /** Whether it is loaded when it is needed, by `import()`. */
  readonly isLate: boolean;
  /** Whether it is the address of a worker. */
  readonly isWorker: boolean;
}

function everyImport(files: Files): Import[] {
  return scripts(files).flatMap(([file, text]) =>
    specifiers(scriptTokens(text)).map((found) => ({ file, ...found }))
  );
}

/** Static and dynamic imports, re-exports, and `new URL("./x", import.meta.url)` (workers). */
export function specifiers(tokens: readonly Token[]): Omit<Import, "file">[] {
  return tokens.flatMap(({ kind, text, line }, at) => {
    if (kind !== "string") return [];
    const before = (...words: string[]) =>
      words.every((word, i) => isCode(tokens[at - words.length + i], word));
    const after = (...words: string[]) =>
      words.every((word, i) => isCode(tokens[at + 1 + i], word));
    const isLate = before("import", "(");
    const isImport = before("from") || before("import") || isLate;
    const isWorker = before("new", "URL", "(") && after(",", "import", ".", "meta", ".", "url");
    return isImport || isWorker ? [{ line, specifier: text, isLate, isWorker }] : [];
  });
}

function isCode(token: Token | undefined, text: string): boolean {
  return token?.kind === "code" && token.text === text;
}

function scripts(files: Files): [string, string][] {
  return [...files].filter(([file]) => /\.(ts|js|mjs)$/.test(file));
}

function isRelative(specifier: string): boolean {
  return specifier.startsWith("./") || specifier.startsWith("../");
}

/** deps.ts and its kin: deps_study.ts, tests/deps.ts. */
function isPackageList(file: string): boolean {
  return /(^|\/)deps(_\w+)?\.ts$/.test(file);
}

function topFolder(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : ".";
}

function resolvePath(from: string, specifier: string): string {
  return decodeURIComponent(new URL(specifier, `file:///${from}`).pathname).slice(1);
}

function lineOf(text: string, index: number): number {
  return text.slice(0, Math.max(0, index)).split("\n").length;
}
