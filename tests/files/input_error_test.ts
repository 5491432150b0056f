import { assertEquals } from "@std/assert";
import { quoted } from "../../files/claims.ts";
import { InputError } from "../../files/input_error.ts";

Deno.test("no name or piece of a file moves the cursor, begins a line or turns the writing", () => {
  const hostile = "a\n\u001b[2J\u009b1m\u202egpj.exe\u2028é";
  const shown = "a\\u000a\\u001b[2J\\u009b1m\\u202egpj.exe\\u2028é";
  const { message, reason } = new InputError(`Cannot read ${hostile}`, `it is ${hostile}`);
  assertEquals(message, `Cannot read ${shown}: it is ${shown}`);
  assertEquals(reason, `it is ${shown}`);
  assertEquals(new InputError(hostile).reason, shown);
  assertEquals(quoted('"\n\u009b'), '"\\"\\n\\u009b"');
});
