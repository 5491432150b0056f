/**
 * Two small tokenizers for the rules of `structure.ts`. They know just enough to tell code from
 * comments and text: words, strings and single punctuation marks, each with its line.
 *
 * @module
 */

/** A word or mark of the code, the contents of a string, or what a template has after a `${}`. */
export interface Token {
  readonly kind: "code" | "string" | "text";
  readonly text: string;
  readonly line: number;
}

/** Words, numbers and marks of a WGSL source. Block comments nest, as WGSL's do. */
export function shaderTokens(source: string): Token[] {
  const tokens: Token[] = [];
  const pattern = /\/\/.*|\/\*|\n|\w+|[=!<]=|[^\s\w]/g;
  let line = 1;
  for (let match = pattern.exec(source); match; match = pattern.exec(source)) {
    const [text] = match;
    if (text === "\n") line++;
    else if (text === "/*") {
      const end = endOfNestedComment(source, match.index);
      line += countLines(source.slice(match.index, end));
      pattern.lastIndex = end;
    } else if (!text.startsWith("//")) tokens.push({ kind: "code", text, line });
  }
  return tokens;
}

function endOfNestedComment(source: string, start: number): number {
  const marks = /\/\*|\*\//g;
  marks.lastIndex = start;
  let depth = 0;
  for (let match = marks.exec(source); match; match = marks.exec(source)) {
    depth += match[0] === "/*" ? 1 : -1;
    if (depth === 0) return marks.lastIndex;
  }
  return source.length;
}

function countLines(text: string): number {
  return text.split("\n").length - 1;
}

const SPACE_OR_COMMENT = /\s+|\/\/.*|\/\*[^]*?\*\//y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/y;
const REGULAR_EXPRESSION = /\/(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;
const TEMPLATE_PART = /(?:[^`\\$]|\\[^]|\$(?!\{))*/y;
const WORD = /[\w$]+/y;

/**
 * Words, marks and strings of a TypeScript source. A template gives its code parts, as a string the
 * text before the first `${`, and as text what lies behind: an import written there is no import.
 */
export function scriptTokens(source: string): Token[] {
  return new ScriptScanner(source).tokens;
}

class ScriptScanner {
  readonly tokens: Token[] = [];
  readonly #source: string;
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
    this.#scanCode(false);
  }

  /** To the end of the source, or to the brace that closes a template's `${`. */
  #scanCode(insideTemplate: boolean): void {
    let depth = 0;
    while (this.#at < this.#source.length) {
      if (this.#take(SPACE_OR_COMMENT) !== undefined) continue;
      const mark = this.#source[this.#at];
      if (insideTemplate && mark === "}" && depth === 0) return;
      if (mark === "{") depth++;
      if (mark === "}") depth--;
      this.#scanToken(mark);
    }
  }

  #scanToken(mark: string): void {
    const line = this.#line;
    if (mark === "`") return this.#scanTemplate();
    const quoted = this.#take(QUOTED);
    if (quoted !== undefined) {
      this.tokens.push({ kind: "string", text: quoted.slice(1, -1), line });
    } else if (mark !== "/" || !this.#takesExpression() || !this.#take(REGULAR_EXPRESSION)) {
      const text = this.#take(WORD) ?? this.#source[this.#at++];
      this.tokens.push({ kind: "code", text, line });
    }
  }

  #scanTemplate(): void {
    const line = this.#line;
    this.#at++;
    const text = this.#take(TEMPLATE_PART) ?? "";
    this.tokens.push({ kind: "string", text, line });
    while (this.#source[this.#at] === "$") {
      this.#at += 2;
      this.#scanCode(true);
      this.#at++;
      const rest = this.#take(TEMPLATE_PART);
      if (rest) this.tokens.push({ kind: "text", text: rest, line: this.#line });
    }
    this.#at++;
  }

  /** Whether a slash here begins a regular expression; after a value it divides. */
  #takesExpression(): boolean {
    const last = this.tokens.at(-1);
    if (!last) return true;
    if (last.kind === "string") return false;
    return /^(return|typeof|case|of|in|=>|[^\w$)\]}])$/.test(last.text);
  }

  #take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const text = pattern.exec(this.#source)?.[0];
    if (!text) return undefined;
    this.#at += text.length;
    this.#line += countLines(text);
    return text;
  }
}
