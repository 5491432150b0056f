import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { badFile } from "../../files/bad_file.ts";
import { onDisk } from "../../files/disk/system_error.ts";
import { InputError } from "../../files/input_error.ts";

Deno.test("a file is left out for its own faults, not for what the machine lacks", async () => {
  const own = new InputError("Cannot read a", "it is empty");
  assertEquals(badFile("a", own, "skip"), { name: "a", reason: "it is empty" });
  assertThrows(() => badFile("a", own, "stop"), InputError, "it is empty");
  const failing = (code: string) =>
    onDisk("Cannot read a", () => Promise.reject(Object.assign(new Error(code), { code })));
  const full = await assertRejects(() => failing("EMFILE"), InputError, "too many files are open");
  assertThrows(() => badFile("a", full, "skip"), InputError, "too many files are open");
  const locked = await assertRejects(() => failing("EACCES"), InputError);
  assertEquals(badFile("a", locked, "skip"), { name: "a", reason: "permission denied" });
});
