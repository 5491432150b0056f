/** Cuts text into lines, without their ends; what follows the last end is no line. */
export class TextLineStream extends TransformStream<string, string> {
  constructor() {
    let held = "";
    super({
      transform(text, controller) {
        const lines = (held + text).split("\n");
        held = lines.pop()!;
        for (const line of lines) controller.enqueue(line);
      },
    });
  }
}
